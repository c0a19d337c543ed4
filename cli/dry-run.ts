import { isRefused, type OutputChange } from '../compiler/output.ts';
import { refusalText } from './output-summary.ts';

const words: Readonly<Record<OutputChange['kind'], string>> = {
  create: 'would be created',
  update: 'would be changed',
  remove: 'would be removed',
  unchanged: 'unchanged',
  edited: 'was changed by hand',
  foreign: 'is not ours',
};

/** What compiling would do to a folder, a line for each file that it would touch, and the count of all others. */
export function dryRunText(folder: string, changes: readonly OutputChange[]): string {
  const touched = changes.filter(({ kind }) => kind !== 'unchanged');
  const lines = touched.map(({ kind, path }) => `${folder}/${path}: ${words[kind]}\n`);
  const same = changes.length - touched.length;
  const rest = `${folder}: ${touched.length === 0 ? 'nothing to write' : 'nothing was written'}, ${same} unchanged\n`;
  return [...lines, rest].join('');
}

/** Why compiling would refuse to write, if it would. */
export function dryRunRefusal(folder: string, changes: readonly OutputChange[]): string | undefined {
  return changes.some(isRefused) ? `autogit: ${refusalText(folder, changes)}` : undefined;
}
