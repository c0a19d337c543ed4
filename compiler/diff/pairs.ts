import { compareText } from '../model/order.ts';

export interface Pair<T> {
  readonly key: string;
  readonly before?: T;
  readonly after?: T;
}

/** Items of two lists by their keys, sorted; a key is on one side at least. */
export function pairs<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): readonly Pair<T>[] {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const now = new Map(after.map((item) => [keyOf(item), item]));
  return [...new Set([...old.keys(), ...now.keys()])].sort(compareText).map((key) => {
    const [left, right] = [old.get(key), now.get(key)];
    return {
      key,
      ...(left === undefined ? {} : { before: left }),
      ...(right === undefined ? {} : { after: right }),
    };
  });
}

/** Plain values alike, whatever the order of their keys; a member that is undefined is not there. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Keys whose values differ, sorted. */
export function changedKeys(a: object, b: object): readonly string[] {
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort(compareText);
  return keys.filter((key) => !isSame(left[key], right[key]));
}

/** `wiki`, `wiki and board`, `wiki, board and mail`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
