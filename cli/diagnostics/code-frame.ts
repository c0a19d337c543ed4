import type { Range } from '../../schema/diagnostic.ts';
import { columns, lastOf, upTo, visible } from './columns.ts';
import type { Paint } from './paint.ts';

export interface FrameOptions {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether the line above is shown, too. */
  readonly above: boolean;
}

/** A part of a line with the place in it. */
interface Cut {
  readonly text: string;
  /** Column of the first mark. */
  readonly indent: number;
  readonly marks: number;
}

/**
 * The lines of a place with carets under it; of a place over several lines the first and the last. Ends with a line
 * break; empty when there is no text.
 */
export function codeFrame(text: string, { start, end }: Range, { paint, width, above }: FrameOptions): string {
  const lines = text.split(/\r?\n/, end.line);
  const first = lines[start.line - 1];
  if (first === undefined || text === '') return '';
  const digits = String(end.line).length;
  const room = Math.max(20, width - digits - 5);
  const line = (number: number | string, content: string) =>
    `${paint('dim', `  ${String(number).padStart(digits)} |`)}${content === '' ? '' : ` ${content}`}\n`;
  const marked = (number: number, from: number, to: number) => {
    const cut = cutOut(lines[number - 1] ?? '', { from, to, room });
    return line(number, cut.text) + line('', ' '.repeat(cut.indent) + paint('red', '^'.repeat(cut.marks)));
  };
  const before = lines[start.line - 2];
  const isNear = columns(first.slice(0, start.column - 1)) < room;
  const head = above && isNear && before !== undefined && before.trim() !== '' ? before : undefined;
  const last = lines[end.line - 1] ?? '';
  const indent = last.search(/\S|$/);
  const more = end.line > start.line && end.column - 1 > indent;
  return [
    head === undefined ? '' : line(start.line - 1, shortened(head, room)),
    marked(start.line, start.column - 1, end.line > start.line ? first.length : end.column - 1),
    more && end.line > start.line + 1 ? line('', '…') : '',
    more ? marked(end.line, indent, end.column - 1) : '',
  ].join('');
}

function shortened(source: string, room: number): string {
  const text = visible(source);
  return columns(text) <= room ? text : `${upTo(text, room - 1)}…`;
}

/** The part of a line that fits, with the place in sight and `…` where something is left out. */
function cutOut(
  source: string,
  { from, to, room }: { readonly from: number; readonly to: number; readonly room: number },
): Cut {
  const text = visible(source);
  const place = upTo(text.slice(from, Math.max(to, from)).trimEnd(), room - 2);
  const all = text.slice(0, from);
  const kept =
    columns(all) + columns(place) < room ? all : `…${lastOf(all, Math.floor((room - columns(place)) / 2) - 1)}`;
  const rest = text.slice(from + place.length);
  const left = room - columns(kept) - columns(place);
  const end = columns(rest) <= left ? rest : `${upTo(rest, left - 1)}…`;
  return { text: kept + place + end, indent: columns(kept), marks: Math.max(1, columns(place)) };
}
