import { type Document, isMap, isScalar, type Pair, parseDocument, YAMLMap } from 'yaml';
import { tightLists } from './format.ts';

/** A key that had another name or place in an older version of the language. `*` stands for any id. */
export interface KeyMove {
  /** `services.*.mem`. */
  readonly from: string;
  /** The new place; absent when the key has no meaning any more. Must lie in the same map as `from`, or above. */
  readonly to?: string;
  /** Why, in one sentence, for people. */
  readonly why: string;
}

/** From one version of the language to the next. */
export interface MigrationStep {
  readonly from: number;
  readonly moves: readonly KeyMove[];
}

export interface Migrated {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** What was done, in order: `services.web.mem → services.web.memory`. */
  readonly changes: readonly { readonly from: string; readonly to?: string; readonly why: string }[];
}

/** Every step there is. Version 1 is the first, so there is none yet; a new version adds one here. */
export const steps: readonly MigrationStep[] = [];

/** The version that a file without `version:` has, and the one that the steps lead to. */
export function newestVersion(known: readonly MigrationStep[] = steps): number {
  return known.reduce((newest, { from }) => Math.max(newest, from + 1), 1);
}

/**
 * A platform file in the newest version of the language. Keys are renamed and moved with their comments; everything
 * else stays as it was written. A text that is no map of keys comes back as it is.
 */
export function migrate(text: string, known: readonly MigrationStep[] = steps): Migrated {
  const document = parseDocument(text, { version: '1.2', schema: 'core', prettyErrors: false, logLevel: 'silent' });
  const newest = newestVersion(known);
  const root = document.contents;
  const unchanged = { text, from: newest, to: newest, changes: [] };
  if (document.errors.length > 0 || !isMap(root)) return unchanged;
  const written: unknown = root.get('version');
  const from = typeof written === 'number' ? written : newest;
  const changes: Migrated['changes'][number][] = [];
  for (const step of [...known].filter((each) => each.from >= from).sort((a, b) => a.from - b.from))
    for (const move of step.moves) changes.push(...apply(root as YAMLMap<unknown, unknown>, move));
  if (typeof written === 'number' && written < newest) (root as YAMLMap<unknown, unknown>).set('version', newest);
  if (changes.length === 0 && from >= newest) return unchanged;
  return { text: textOf(document), from, to: newest, changes };
}

function pathsIn(tree: unknown, pattern: readonly string[]): readonly (readonly string[])[] {
  const [first, ...rest] = pattern;
  if (first === undefined) return [[]];
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return [];
  const map = tree as Readonly<Record<string, unknown>>;
  const keys = first === '*' ? Object.keys(map) : Object.hasOwn(map, first) ? [first] : [];
  return keys.flatMap((key) => pathsIn(map[key], rest).map((path) => [key, ...path]));
}

function apply(root: YAMLMap<unknown, unknown>, move: KeyMove): Migrated['changes'] {
  return pathsIn(root.toJSON(), move.from.split('.')).flatMap((path) => {
    const parent = path.length === 1 ? root : root.getIn(path.slice(0, -1));
    if (!isMap(parent)) return [];
    const index = parent.items.findIndex(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
    const pair = parent.items[index] as Pair;
    const from = path.join('.');
    if (move.to === undefined) {
      parent.items.splice(index, 1);
      return [{ from, why: move.why }];
    }
    const target = targetPath(move, path);
    const holder = target.length === 1 ? root : holderOf(root, target.slice(0, -1));
    const name = target.at(-1) as string;
    // A file that says both means the new one.
    if (holder === undefined || holder.has(name)) return [];
    if (isScalar(pair.key)) pair.key.value = name;
    if (holder !== parent) {
      parent.items.splice(index, 1);
      holder.items.push(pair);
    }
    return [{ from, to: target.join('.'), why: move.why }];
  });
}

/** `*` of the new place is the id at the same depth of the old one. */
function targetPath({ to = '' }: KeyMove, path: readonly string[]): readonly string[] {
  return to.split('.').map((part, index) => (part === '*' ? (path[index] ?? part) : part));
}

function holderOf(root: YAMLMap<unknown, unknown>, path: readonly string[]): YAMLMap<unknown, unknown> | undefined {
  const found = root.getIn(path);
  if (isMap(found)) return found;
  if (found !== undefined) return undefined;
  root.setIn(path, new YAMLMap());
  const made = root.getIn(path);
  return isMap(made) ? made : undefined;
}

function textOf(document: Document): string {
  return tightLists(document.toString({ lineWidth: 0, flowCollectionPadding: true }));
}
