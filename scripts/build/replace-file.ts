import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file in one step, so that a program reading it at the same time sees the old or the new one, never half. */
export async function replaceFile(path: string, contents: Uint8Array | string): Promise<void> {
  const next = `${path}.${process.pid}.next`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(next, contents);
  await rename(next, path);
}
