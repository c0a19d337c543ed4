import { constants } from 'node:fs';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a folder that only this user can read, parents included. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/**
 * Writes a file that only this user can read, so that after a power cut it is there whole or not at all.
 * @param options.keep when a file of that name exists, it is left as it is
 * @returns true when the file was written, false when one was there and kept
 */
export async function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  options: { readonly keep: boolean },
): Promise<boolean> {
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    await file.chmod(0o600);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  const written = options.keep
    ? await linkUnlessThere(temporary, path)
    : await rename(temporary, path).then(() => true);
  const folder = await open(dirname(path), constants.O_RDONLY);
  await folder.sync().finally(() => folder.close());
  return written;
}

async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(from);
  }
}
