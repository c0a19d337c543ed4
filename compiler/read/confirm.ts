import { parseDocument } from 'yaml';
import type { Value } from '../../schema/document.ts';
import { limits } from '../../schema/limits.ts';
import type { Mistake } from './node.ts';

/**
 * Reads the text a second time with another implementation. A file that two readers understand differently is refused:
 * the editor or the next tool might be the other one.
 */
export function confirm(text: string, value: Value): readonly Mistake[] {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  const [error] = [...document.errors, ...document.warnings];
  const refused = {
    code: 'AG101',
    hint: 'write this part in a simpler way: plain keys, text in double quotes, no aliases',
  };
  if (error !== undefined) {
    const [start, end] = error.pos;
    return [{ ...refused, start, end, message: 'two YAML readers do not agree on this' }];
  }
  const other: unknown = document.toJS({ maxAliasCount: limits.nodes });
  if (same(value, other)) return [];
  return [{ ...refused, start: 0, end: 0, message: 'two YAML readers understand this file differently' }];
}

function same(a: Value, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((each, index) => same(each, b[index]));
  const keys = Object.keys(a);
  const record = b as Readonly<Record<string, unknown>>;
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same((a as Readonly<Record<string, Value>>)[key] ?? null, record[key]))
  );
}
