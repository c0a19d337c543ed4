import { createTwoFilesPatch } from 'diff';
import type { FileChange } from '../../compiler/diff.ts';

/** Two lines with the names, as `diff -u` has them, and no rule above. */
const bare = { includeIndex: false, includeUnderline: false, includeFileHeaders: true } as const;

/** The unified diff of one rendered file. */
export function patchOf({ path, what, before, after }: FileChange): string {
  const [from, to] = [what === 'added' ? '/dev/null' : path, what === 'removed' ? '/dev/null' : path];
  return createTwoFilesPatch(from, to, before, after, undefined, undefined, { context: 3, headerOptions: bare });
}
