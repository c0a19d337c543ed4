import { isRefused, type OutputChange } from '../compiler/output.ts';

/**
 * What was done, in one line: `rendered/: 3 created, 1 changed, 8 unchanged`.
 *
 * @param other the target that the folder was for until now, when that is another one
 */
export function summaryText(folder: string, changes: readonly OutputChange[], other?: string): string {
  const words = { create: 'created', update: 'changed', remove: 'removed', unchanged: 'unchanged' } as const;
  const counts = (Object.keys(words) as (keyof typeof words)[]).flatMap((kind) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count} ${words[kind]}`];
  });
  return `${folder}: ${counts.length === 0 ? 'nothing to write' : counts.join(', ')}${other === undefined ? '' : `; it held what is rendered for ${other}`}\n`;
}

/** Compiling writes over nothing that a person changed. */
export const nextAfterEdits =
  'next: move what should stay into autogit.yaml, then remove these files and compile again\n';

/** Which files forbid writing, and what to do about them. */
export function refusalText(folder: string, changes: readonly OutputChange[]): string {
  const lines = changes.filter(isRefused).map((change) => {
    if (change.kind === 'edited') return `  ${change.path}: changed by hand since AutoGit wrote it\n`;
    return `  ${change.path}: ${change.what} that AutoGit did not write\n`;
  });
  return [`nothing was written to ${folder}, because work of others would be lost:\n`, ...lines, nextAfterEdits].join(
    '',
  );
}
