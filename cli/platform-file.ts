import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { limits } from '../schema/limits.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

/** The bytes of the platform file, or why there are none. */
export type PlatformFile =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'none';
      readonly message: string;
      readonly next: string;
      readonly code: ExitCode;
      /** True when nothing is there under that name. */
      readonly isAbsent?: true;
    };

/**
 * Reads the platform file, `-` for standard input. At most one byte more than the limit is read, so that a device or a
 * huge file costs nothing; the compiler then says that it is too large. A path that is not a file is a mistake in the
 * command line (64); a file that may not be read is the world's (69).
 */
export async function readPlatformFile(path: string): Promise<PlatformFile> {
  if (path === '-') return { kind: 'bytes', bytes: await readAll(process.stdin) };
  try {
    const file = openSync(path, 'r');
    try {
      if (fstatSync(file).isDirectory()) return isDirectory(path);
      return { kind: 'bytes', bytes: readStart(file) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return unreadable(path, error as NodeJS.ErrnoException);
  }
}

/** Up to the limit and one byte more, at once: a stream would cost more than the rest of the reading. */
export function readStart(file: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(limits.bytes + 1);
  let size = 0;
  for (let read = -1; read !== 0 && size < bytes.length; size += read) {
    read = readSync(file, bytes, size, bytes.length - size, null);
  }
  return bytes.subarray(0, size);
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(part);
    size += part.length;
    if (size > limits.bytes) break;
  }
  return Buffer.concat(parts);
}

function isDirectory(path: string): PlatformFile {
  const next = `name the file in it: -f ${path.replace(/\/+$/, '')}/autogit.yaml`;
  return { kind: 'none', message: `${path} is a directory, not a file`, next, code: exitCode.usage };
}

/** An error of the file system in words. */
export function unreadable(path: string, error: NodeJS.ErrnoException): PlatformFile {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const message = path === 'autogit.yaml' ? 'there is no autogit.yaml in this folder' : `there is no file ${path}`;
      const next = 'go to the folder of the platform, or name its file with -f; `autogit init` writes a first one';
      return { kind: 'none', message, next, code: exitCode.usage, isAbsent: true };
    }
    case 'EISDIR':
      return isDirectory(path);
    case 'EACCES':
    case 'EPERM':
      return {
        kind: 'none',
        message: `${path} may not be read by this user`,
        next: `allow it with chmod, or run as its owner`,
        code: exitCode.unavailable,
      };
    default: {
      const message = `${path} cannot be read: ${error.message}`;
      return { kind: 'none', message, next: 'check the path and the disk that it is on', code: exitCode.unavailable };
    }
  }
}
