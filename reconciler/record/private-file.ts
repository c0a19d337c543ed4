import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Makes a folder that only this user can read, parents included. One that exists keeps its mode. */
export function makePrivateFolder(path: string): void {
  if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o700);
}

/**
 * Writes a file that only this user can read, so that after a power cut it is there whole or not at all.
 * @param options.keep when a file of that name exists, it is left as it is
 * @returns true when the file was written, false when one was there and kept
 */
export function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  options: { readonly keep: boolean },
): boolean {
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    fchmodSync(file, 0o600);
    writeFileSync(file, content);
    fsyncSync(file);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  } finally {
    closeSync(file);
  }
  const written = options.keep ? linkUnlessThere(temporary, path) : replace(temporary, path);
  syncFolder(dirname(path));
  return written;
}

/** Makes new, renamed and removed names in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function replace(from: string, to: string): true {
  renameSync(from, to);
  return true;
}

function linkUnlessThere(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(from);
  }
}
