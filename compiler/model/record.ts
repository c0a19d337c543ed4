/**
 * An object with these members, like `Object.fromEntries`, for any number of keys: it has no prototype, which V8 keeps as
 * a hash table from the start. A thousand keys in a plain object cost it a hundred times as much.
 */
export function recordOf<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  const record: Record<string, V> = Object.create(null);
  for (const [key, value] of entries) record[key] = value;
  return record;
}
