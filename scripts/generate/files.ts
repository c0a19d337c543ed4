import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface StaleFile {
  readonly path: string;
  readonly state: 'missing' | 'differs';
}

/** Which of `files` (path → text) are not on disk as they should be. */
export async function staleFiles(root: string, files: Readonly<Record<string, string>>): Promise<StaleFile[]> {
  const stale: StaleFile[] = [];
  for (const [path, text] of Object.entries(files)) {
    const there = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (there === undefined) stale.push({ path, state: 'missing' });
    else if (there !== text) stale.push({ path, state: 'differs' });
  }
  return stale;
}

/** Writes those of `files` that `stale` names. */
export async function writeFiles(
  root: string,
  files: Readonly<Record<string, string>>,
  stale: readonly StaleFile[],
): Promise<void> {
  for (const { path } of stale) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), files[path] ?? '');
  }
}
