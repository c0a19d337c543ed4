import type { Value } from '../../schema/document.ts';

/** Whether a value is a map of keys: neither a list nor null. */
export function isMap(value: unknown): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
