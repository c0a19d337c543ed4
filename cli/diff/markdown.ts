import type { Change, FileChange } from '../../compiler/diff.ts';
import { patchOf } from './patch.ts';
import { type Compared, count, countsText, riskWords, signs } from './words.ts';

/** Characters that a comment may have: GitHub refuses more than 65,536. */
const mostCharacters = 65_000;
/** Left for the end of a report that is cut. */
const endRoom = 300;

/** By this line a pull-request job finds its own comment again. */
const marker = '<!-- autogit diff -->';

/**
 * What a pull-request job posts: a table with the worst first, what has to be done by hand, and the rendered files
 * folded away. The same difference gives the same bytes; at most 65,000 characters, what is left out is counted.
 */
export function differenceMarkdown(difference: Compared): string {
  const { changes, files, from, to } = difference;
  const head = `${marker}\n### ${titleOf(difference)}\n\n${code(from)} → ${code(to)}\n`;
  if (changes.length + files.length === 0) return head;
  const parts = [head, ...tableOf(changes, mostCharacters / 2), ...stepsOf(changes)];
  return folded(parts.join('\n'), files);
}

function titleOf(difference: Compared): string {
  const { changes, files } = difference;
  return changes.length + files.length === 0 ? 'Platform: no difference' : `Platform: ${countsText(difference)}`;
}

function tableOf(changes: readonly Change[], room: number): readonly string[] {
  if (changes.length === 0) return [];
  const rows: string[] = [];
  let used = 0;
  for (const change of changes) {
    const row = rowOf(change);
    if (used + row.length > room) break;
    rows.push(row);
    used += row.length + 1;
  }
  const left = changes.length - rows.length;
  const more = left === 0 ? [] : [`\n… and ${count(left, 'change')} more: run \`autogit diff\``];
  return [`| | What | Difference | What happens | Look at |\n|---|---|---|---|---|\n${rows.join('\n')}`, ...more, ''];
}

function rowOf({ what, kind, id, details, effects, risks }: Change): string {
  const cells = [
    `\`${signs[what]}\``,
    `${kind} **${cell(id)}**`,
    details.length === 0 ? what : details.map(cell).join('<br>'),
    effects.map(cell).join('<br>'),
    risks.map((risk) => `**${riskWords[risk]}**`).join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function stepsOf(changes: readonly Change[]): readonly string[] {
  const steps = changes.flatMap(({ kind, id, steps: own }) =>
    own.map((step) => `- ${kind} ${cell(id)}: ${cell(step)}`),
  );
  if (steps.length === 0) return [];
  const shown = steps.slice(0, 40);
  const left = steps.length - shown.length;
  return ['**By hand, before it is applied**', '', ...shown, ...(left === 0 ? [] : [`- … and ${left} more`]), ''];
}

/** Text of the file in a table: nothing of it is Markdown, HTML, a mention or a new column. */
function cell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_[\]|~#!]/g, '\\$&')
    .replaceAll('@', '@\u200b');
}

function code(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, "'")}\``;
}

function folded(head: string, files: readonly FileChange[]): string {
  if (files.length === 0) return `${head}\n`;
  let text = `${head}\n`;
  let shown = 0;
  for (const file of files) {
    const block = blockOf(file);
    if (text.length + block.length > mostCharacters - endRoom) continue;
    text += block;
    shown++;
  }
  const left = files.length - shown;
  if (left > 0) text += `\n… and ${count(left, 'rendered file')} more that do not fit here: run \`autogit diff\`\n`;
  return text;
}

function blockOf(file: FileChange): string {
  const patch = patchOf(file);
  const longest = Math.max(2, ...[...patch.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `<details><summary>${cell(file.path)} ${file.what}</summary>\n\n${fence}diff\n${patch}${fence}\n\n</details>\n`;
}
