import type { Edit, Fix, PlainValue, TextEdit } from '../schema/diagnostic.ts';
import type { Document, Entry } from '../schema/document.ts';
import { flowText, inQuotes } from './model/flow-text.ts';

/** An edit by offsets. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The edits of a fix as changes to the text, sorted by place. Undefined when one of them cannot be made without touching
 * what the author wrote besides it: a comment, a line that holds something else, text that an alias repeats.
 */
export function textEdits(document: Document, { edits }: Fix): readonly TextEdit[] | undefined {
  const spans = edits.map((edit) => spanOf(document, edit));
  if (spans.some((span) => span === undefined)) return undefined;
  return (spans as Span[])
    .sort((a, b) => a.start - b.start)
    .map(({ start, end, text }) => ({ range: document.range(start, end), text }));
}

function spanOf(document: Document, edit: Edit): Span | undefined {
  const entry = document.entry(edit.pointer);
  if (entry === undefined) return undefined;
  switch (edit.kind) {
    case 'rename-key':
      return rename(document.text, entry, edit.to);
    case 'replace-value':
      return replace(document.text, entry, edit.value);
    case 'quote':
      return quote(document.text, entry);
    case 'remove':
      return entry.removal && { ...entry.removal, text: '' };
  }
}

function rename(text: string, { key, parent, siblings, inBrackets }: Entry, to: string): Span | undefined {
  if (parent === 'list' || siblings.includes(to)) return undefined;
  return { ...key, text: likewise(text.slice(key.start, key.end), to, inBrackets) };
}

function replace(text: string, entry: Entry, value: PlainValue): Span | undefined {
  const { start, end } = entry.value;
  const written = text.slice(start, end);
  if (entry.kind !== 'scalar' || start === end || isBlock(text, entry)) return undefined;
  return {
    start,
    end,
    text: typeof value === 'string' ? likewise(written, value, entry.inBrackets) : flowText(value, entry.inBrackets),
  };
}

function quote(text: string, entry: Entry): Span | undefined {
  const { start, end } = entry.value;
  const written = text.slice(start, end);
  if (entry.kind !== 'scalar' || start === end || isBlock(text, entry) || /^["']/.test(written)) return undefined;
  return { start, end, text: inQuotes(written) };
}

/** A block scalar, or text over several lines: its form cannot be kept. */
function isBlock(text: string, { key, value }: Entry): boolean {
  return text.slice(value.start, value.end).includes('\n') || /[|>]/.test(text.slice(key.end, value.start));
}

/** Text with the quotes that stood there before, where it fits in them. */
function likewise(before: string, value: string, inBrackets: boolean): string {
  if (before.startsWith("'")) return inQuotes(value);
  return before.startsWith('"') ? JSON.stringify(value) : flowText(value, inBrackets);
}
