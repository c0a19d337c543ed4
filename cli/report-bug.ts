import { exitCode } from './exit-code.ts';
import { version } from './version.ts';

/** A short report of what should never happen, fit to be pasted into an issue. Gives the exit code. */
export function reportBug(error: unknown): number {
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
