import { patchOf } from './patch.ts';
import type { Compared } from './words.ts';

/** For programs: every change as it is, and a patch for each rendered file. */
export function differenceJson({ from, to, changes, files }: Compared): string {
  const patched = files.map((file) => ({ path: file.path, what: file.what, patch: patchOf(file) }));
  return `${JSON.stringify({ version: 1, from, to, changes, files: patched }, null, 2)}\n`;
}
