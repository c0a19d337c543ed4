import type { Value } from '../../schema/document.ts';
import type { Shape } from '../../schema/shape.ts';
import { kinds } from './kinds.ts';
import { settle } from './shape-at.ts';

/** A value in the user's words, for `… is …`: never the whole of a long text. */
export function describe(value: Value | undefined): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map of keys';
  if (typeof value === 'string') return value === '' ? 'empty text' : `the text ${shorten(value)}`;
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

/** A value as it is written, for a value of the right type. */
export function quote(value: Value | undefined): string {
  return typeof value === 'string' && value !== '' ? shorten(value) : describe(value);
}

/** What a place wants, for `… must be …`. */
export function wanted(shape: Shape): string {
  const own = shape.kind === undefined ? undefined : kinds[shape.kind]?.what;
  if (own !== undefined) return own;
  if (shape.branches !== undefined) return either([...new Set(shape.branches.map(wanted))].sort(byLength));
  const settled = settle(shape, undefined);
  if (settled !== shape && settled.branches !== undefined) return wanted(settled);
  const kind = settled.kind === undefined ? undefined : kinds[settled.kind]?.what;
  if (kind !== undefined) return kind;
  if (settled.known !== undefined) return either(settled.known.map(String));
  if (settled.uses !== undefined) return 'a map of keys';
  return typeWords[settled.type ?? 'string'];
}

const typeWords = {
  object: 'a map of keys',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
} as const;

function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Where something is, as the user thinks of it: `services.web.ports`, or `the file`. */
export function placeName(keys: readonly string[]): string {
  return keys.length === 0 ? 'the file' : `\`${keys.join('.')}\``;
}

/** The last key, or which item of which list. */
export function subject(keys: readonly string[]): string {
  const last = keys.at(-1) ?? '';
  if (!/^[0-9]+$/.test(last) || keys.length < 2) return keys.length === 0 ? 'the file' : `\`${last}\``;
  return `item ${Number(last) + 1} of \`${keys.at(-2)}\``;
}

export function shorten(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length > 40 ? `'${line.slice(0, 37)}…'` : `'${line}'`;
}
