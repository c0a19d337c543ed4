import type { Value } from '../../schema/document.ts';
import type { SchemaEntry } from './schema-at.ts';

/** Enough to find one that the rest of the file goes together with. */
const most = 5;

/**
 * Values that could stand in place of one, the most telling first: none at all (so that the default counts), what the
 * schema lists and shows as examples, the next number, another name.
 */
export function otherValues(value: unknown, isGiven: boolean, { known, examples }: SchemaEntry): readonly Value[] {
  // An example of a map would be laid over what is there, and tell nothing of it.
  if (typeof value === 'object' && value !== null) return isGiven ? [null] : [];
  const candidates: readonly unknown[] = [
    ...(isGiven ? [null] : []),
    ...(typeof value === 'boolean' ? [!value] : []),
    ...(typeof value === 'number' ? [value + 1] : []),
    ...known,
    ...(typeof value === 'string' && known.length === 0 ? [next(value)] : []),
    ...examples,
  ];
  const others = candidates.filter((each) => each !== undefined && JSON.stringify(each) !== JSON.stringify(value));
  return others.slice(0, most) as readonly Value[];
}

/** `5Gi` → `6Gi`, `30s` → `31s`, `git` → `git-2`. */
function next(text: string): string {
  const [, number, unit] = /^(\d+)([A-Za-z]+)$/.exec(text) ?? [];
  return number === undefined ? `${text}-2` : `${Number(number) + 1}${unit}`;
}
