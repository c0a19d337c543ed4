/**
 * When was `dist/` built? `dist/.built` carries the time at which the newest finished build *began*, so a source saved
 * while it ran counts as newer. `bin/autogit` compares it with the sources.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Notes the start of a build; returns the note for `finish`. */
export async function markStart(dist: string): Promise<string> {
  await mkdir(dist, { recursive: true });
  const mark = join(dist, `.building-${process.pid}`);
  await writeFile(mark, '');
  return mark;
}

/** The build is whole: its start becomes the age of `dist/`. */
export async function finish(dist: string, mark: string): Promise<void> {
  await rename(mark, join(dist, '.built')).catch(async (error) => {
    await rm(mark, { force: true });
    throw error;
  });
}
