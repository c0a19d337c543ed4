import type { Range } from '../../schema/diagnostic.ts';
import type { Paint } from './paint.ts';

/** Columns of source that are shown of a long line. */
const width = 100;

/** The lines of a place, the one above it, and carets under it. Ends with a line break; empty when there is no text. */
export function codeFrame(text: string, range: Range, paint: Paint): string {
  const lines = text.split(/\r?\n/, range.start.line);
  const source = lines[range.start.line - 1];
  if (source === undefined || text === '') return '';
  const above = lines[range.start.line - 2];
  const digits = String(range.start.line).length;
  const numbered = (number: number | undefined, content: string) =>
    `${paint('dim', `  ${String(number ?? '').padStart(digits)} |`)}${content === '' ? '' : ` ${content}`}\n`;
  const cut = window(range.start.column - 1);
  const before = source.slice(cut, range.start.column - 1);
  const length =
    range.end.line > range.start.line ? source.length - range.start.column + 1 : range.end.column - range.start.column;
  const marked = source.slice(range.start.column - 1, range.start.column - 1 + length).slice(0, width);
  const carets = '^'.repeat(Math.max(1, columns(marked.trimEnd())));
  return [
    above !== undefined && above.trim() !== '' && cut === 0 ? numbered(range.start.line - 1, shown(above)) : '',
    numbered(range.start.line, shown(source.slice(cut))),
    numbered(undefined, `${' '.repeat(columns(before))}${paint('red', carets)}`),
  ].join('');
}

/** First column that is shown, so that the place is in sight. */
function window(column: number): number {
  return column < width - 20 ? 0 : column - 40;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const unseen = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** Source as a terminal may show it: no character that moves the cursor or turns the direction. */
function shown(source: string): string {
  const visible = source.replace(unseen, '·').replaceAll('\t', '→');
  return visible.length > width ? `${visible.slice(0, width)}…` : visible;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const mark = /\p{Mark}/u;

/** Columns that a text takes on a terminal: two for wide characters, none for combining ones. */
function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += mark.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return sum;
}
