import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { type ExitCode, exitCode } from './exit-code.ts';
import { outputFailure } from './output-failure.ts';

export interface NotWritten {
  readonly code: ExitCode;
  readonly message: string;
  readonly next: string;
}

/** Why a new file cannot be made at this path, before anything is asked or worked out. */
export function alreadyThere(path: string): NotWritten | undefined {
  if (!existsSync(path)) return undefined;
  const next = 'name another file with -o, or move this one away; `-o -` prints';
  return { code: exitCode.failed, message: `${path} is there already and is not overwritten`, next };
}

/** Writes a file that was not there: whole, or not at all. Another one that appeared meanwhile stays. */
export function writeNewFile(path: string, text: string): NotWritten | undefined {
  let made = false;
  try {
    const file = openSync(path, 'wx', 0o644);
    made = true;
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (!made && code === 'EEXIST') return alreadyThere(path);
    if (made) rmSync(path, { force: true });
    if (code === 'ENOENT')
      return {
        code: exitCode.usage,
        message: `the folder of ${path} is not there`,
        next: 'make it, or name another file',
      };
    const { message, next } = outputFailure(error, path);
    return { code: exitCode.unavailable, message, next };
  }
}
