import { createTwoFilesPatch } from 'diff';
import type { OutputChange } from '../compiler/output.ts';

/**
 * A unified diff of everything that compiling would change; hand edits and stale files are named before it. `textThere`
 * gives the text of a file as it is now.
 */
export function staleText(changes: readonly OutputChange[], textThere: (path: string) => string): string {
  return changes.map((change) => changeText(change, textThere)).join('');
}

function changeText(change: OutputChange, textThere: (path: string) => string): string {
  const { path } = change;
  switch (change.kind) {
    case 'unchanged':
      return '';
    case 'create':
      return patch('/dev/null', path, '', change.text);
    case 'update':
      return patch(path, path, textThere(path), change.text);
    case 'remove':
      return `stale: ${path} is no longer rendered\n${patch(path, '/dev/null', textThere(path), '')}`;
    case 'edited': {
      const after = change.text === undefined ? '/dev/null' : path;
      return `edited: ${path} was changed by hand since AutoGit wrote it\n${patch(path, after, textThere(path), change.text ?? '')}`;
    }
    case 'foreign':
      return `foreign: ${path} is ${change.what} that AutoGit did not write\n`;
  }
}

function patch(from: string, to: string, before: string, after: string): string {
  return createTwoFilesPatch(from, to, before, after, undefined, undefined, { context: 3, headerOptions: bare });
}

/** Two lines with the names, as `diff -u` has them, and no rule above. */
const bare = { includeIndex: false, includeUnderline: false, includeFileHeaders: true } as const;
