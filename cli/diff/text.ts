import type { Change } from '../../compiler/diff.ts';
import { patchOf } from './patch.ts';
import { type Compared, count, countsText, riskWords, signs } from './words.ts';

/** For a terminal: what it means, the rendered files line by line, and the counts. */
export function differenceText(difference: Compared): string {
  const { from, to, changes, files } = difference;
  const head = `${from} → ${to}\n`;
  if (changes.length + files.length === 0) return `${head}no difference\n`;
  const meaning = changes.map(changeText).join('');
  const patches = files.map(patchOf).join('');
  const rendered = `${count(files.length, 'rendered file')} different`;
  const end = changes.length === 0 ? countsText(difference) : `${countsText(difference)}; ${rendered}`;
  return [head, meaning, patches, `${end}\n`].filter((part) => part !== '').join('\n');
}

function changeText({ kind, id, what, details, effects, steps, risks }: Change): string {
  const words = risks.length === 0 ? '' : `  [${risks.map((risk) => riskWords[risk]).join(', ')}]`;
  const said = details.length === 0 ? (what === 'changed' ? '' : `: ${what}`) : `: ${details.join(', ')}`;
  const lines = [
    `${signs[what]} ${kind} ${id}${said}${words}`,
    ...effects.map((effect) => `    ${effect}`),
    ...steps.map((step) => `    by hand: ${step}`),
  ];
  return `${lines.join('\n')}\n`;
}
