import { exitCode } from './exit-code.ts';
import { version } from './version.ts';

/** A short report of what should never happen, fit to be pasted into an issue. Gives the exit code. */
export function reportBug(error: unknown): number {
  const full = fullOutput(error);
  if (full !== undefined) {
    process.stderr.write(`autogit: the output cannot be written: ${full}\nnext: free some space, or write elsewhere\n`);
    return exitCode.unavailable;
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const frames = stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
  const where = frames.slice(0, 3).map((line) => `  ${line.trim()}\n`);
  process.stderr.write(
    `autogit: this is a bug in AutoGit: ${message}\n${where.join('')}` +
      `  version ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}\n` +
      'next: nothing was changed by this command after that point; please report these lines\n',
  );
  return exitCode.bug;
}

/** Standard output into a file of a full disk is no bug: `autogit schema > schema.json`. */
function fullOutput(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall !== 'write') return undefined;
  if (code === 'ENOSPC') return 'the disk is full';
  return code === 'EDQUOT' ? 'the disk quota is used up' : undefined;
}
