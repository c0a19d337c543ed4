import type { Entry } from '../../schema/document.ts';

/** An entry as the reader sees it: offsets of the key and the value, and how the map or list around it is written. */
export type Placed = Pick<Entry, 'key' | 'value' | 'parent' | 'inBrackets'>;

/**
 * What to cut out of a text to remove one entry of several and nothing else. Undefined where a comment would go with it,
 * or where its lines hold something besides.
 */
export function removalOf(text: string, entry: Placed): Entry['removal'] {
  const span = entry.inBrackets ? fromBrackets(text, entry) : wholeLines(text, entry);
  return span === undefined || /(?:^|\s)#/.test(text.slice(span.start, span.end)) ? undefined : span;
}

/** With the comma before it, or the one after it when it is the first. */
function fromBrackets(text: string, { key, value }: Placed): Entry['removal'] {
  let before = key.start;
  while (before > 0 && /\s/.test(text[before - 1] ?? '')) before -= 1;
  if (text[before - 1] === ',') return { start: before - 1, end: value.end };
  let after = value.end;
  while (/\s/.test(text[after] ?? '')) after += 1;
  if (!/[[{]/.test(text[before - 1] ?? '') || text[after] !== ',') return undefined;
  return { start: key.start, end: after + 1 + (text[after + 1] === ' ' ? 1 : 0) };
}

function wholeLines(text: string, { key, value, parent }: Placed): Entry['removal'] {
  const start = text.lastIndexOf('\n', key.start - 1) + 1;
  if (!(parent === 'list' ? /^ *- +$/ : /^ *$/).test(text.slice(start, key.start))) return undefined;
  const last = Math.max(key.end, value.end);
  if (text[last - 1] === '\n') return { start, end: last };
  const newline = text.indexOf('\n', last);
  const end = newline < 0 ? text.length : newline + 1;
  const isEmpty = value.start === value.end;
  if (!(isEmpty ? /^ *:?\s*$/ : /^\s*$/).test(text.slice(last, end))) return undefined;
  if (newline >= 0 || start === 0) return { start, end };
  return { start: text[start - 2] === '\r' ? start - 2 : start - 1, end };
}
