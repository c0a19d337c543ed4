import type { Finding } from '../../schema/diagnostic.ts';
import type { Document, Value } from '../../schema/document.ts';
import type { Shape } from '../../schema/shape.ts';
import { isMap } from '../model/is-map.ts';
import { isOnlyNear, nearestName } from '../model/nearest.ts';
import { pointerTo } from '../model/pointer.ts';
import { keysOf, settle, topShape } from './shape-at.ts';

type Tree = Document['tree'];

export interface Overlaid {
  /** The file as the environment has it; its places are those of the file as it is written. */
  readonly document: Document;
  /** What is wrong with the overlay itself. */
  readonly findings: readonly Finding[];
}

/** Keys that are the same for every environment. */
const common: readonly string[] = ['version', 'environments'];

/** Ids of the environments of a file, sorted; none when they are no map. */
export function environmentsOf({ environments }: Tree): readonly string[] {
  return isMap(environments) ? Object.keys(environments).sort() : [];
}

/**
 * The file with one of its environments laid over it: maps are merged by key, lists and scalars are replaced, null
 * removes. A short form is a map of one key here as everywhere (`forge: forgejo` is `{ use: forgejo }`).
 */
export function overlay(document: Document, environment: string): Overlaid {
  const origin = pointerTo('/environments', environment);
  const { environments, ...base } = document.tree;
  const over = isMap(environments) ? environments[environment] : undefined;
  const findings: Finding[] = [];
  if (!isMap(over)) return { document: placed(document, base, {}, origin), findings };
  const allowed: Record<string, Value> = { ...over };
  for (const key of common.filter((each) => Object.hasOwn(over, each))) {
    delete allowed[key];
    findings.push({
      code: 'AG307',
      pointer: pointerTo(origin, key),
      at: 'key',
      message: `environment '${environment}' cannot change \`${key}\`, which is the same for all`,
      hint: 'remove the line',
    });
  }
  const tree = merged(base, allowed, topShape(), { origin, environment, findings });
  return { document: placed(document, tree, allowed, origin), findings };
}

interface Place {
  /** Pointer to the overlay's map in the file. */
  readonly origin: string;
  readonly environment: string;
  readonly findings: Finding[];
}

function merged(base: Tree, over: Tree, shape: Shape, place: Place): Tree {
  const result: Record<string, Value> = Object.assign(Object.create(null), base);
  const settled = settle(shape, base);
  for (const [key, value] of Object.entries(over)) {
    const origin = pointerTo(place.origin, key);
    const there = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value === null) {
      if (there === undefined) place.findings.push(removesNothing(key, Object.keys(base), { ...place, origin }));
      delete result[key];
      continue;
    }
    if (there === undefined) place.findings.push(...misnamed(key, Object.keys(base), { ...place, origin }));
    const inner = settled.properties?.[key] ?? settled.entries ?? {};
    result[key] = laid(there, value, inner, { ...place, origin });
  }
  return result;
}

function laid(there: Value | undefined, value: Value, shape: Shape, place: Place): Value {
  if (there === undefined || there === null) return isMap(value) ? merged({}, value, shape, place) : value;
  const [below, above] = [longForm(there, shape), longForm(value, shape)];
  // Another component has other keys: nothing of the one that it replaces is left.
  if (isMap(below) && isMap(above) && 'use' in above && 'use' in below && above.use !== below.use) return value;
  return isMap(below) && isMap(above) ? merged(below, above, shape, place) : value;
}

function longForm(value: Value, shape: Shape): Value {
  const { long } = settle(shape, value);
  return long === undefined || isMap(value) ? value : { [long]: value };
}

function removesNothing(key: string, known: readonly string[], { origin, environment }: Place): Finding {
  const nearest = nearestName(key, known);
  return {
    code: 'AG308',
    pointer: origin,
    at: 'key',
    message: `environment '${environment}' removes '${key}', which the file does not have here`,
    hint: nearest === undefined ? 'remove the line' : `did you mean '${nearest}'?`,
  };
}

/** Parts are added by name: one that is nearly called like one of the file may be meant to change that. */
function misnamed(key: string, known: readonly string[], { origin, environment }: Place): readonly Finding[] {
  const kind = partOf[origin.split('/').at(-2) ?? ''];
  const near = kind === undefined || keysOf(origin).length !== 4 ? undefined : nearestName(key, known);
  const isNumbered = near !== undefined && (near.startsWith(key) || key.startsWith(near));
  if (near === undefined || isNumbered || !isOnlyNear(key, near, known)) return [];
  return [
    {
      code: 'AG472',
      severity: 'warning',
      pointer: origin,
      at: 'key',
      message: `environment '${environment}' adds ${kind} '${key}', beside '${near}' of the file, which stays as it is`,
      hint: `to change '${near}', write that name; otherwise choose a name that is not so near, or accept AG472`,
    },
  ];
}

const partOf: Readonly<Record<string, string>> = { services: 'service', runners: 'pool', hosts: 'host' };

/** The document with another tree. What the overlay says is found there, everything else where the file says it. */
function placed(document: Document, tree: Tree, over: Tree, origin: string): Document {
  const written = (pointer: string): string =>
    isFromOverlay(keysOf(pointer), document.tree, over) ? `${origin}${pointer}` : pointer;
  return {
    ...document,
    tree,
    locate: (pointer, at) => document.locate(written(pointer), at),
    entry: (pointer) => document.entry(written(pointer)),
    written: (pointer) => document.written(written(pointer)),
  };
}

/** A map that both have is the file's: the overlay only changes it. */
function isFromOverlay(keys: readonly string[], base: Tree, over: Tree): boolean {
  let [below, above]: [Value | undefined, Value | undefined] = [base, over];
  for (const key of keys) {
    if (!isMap(above)) return above !== undefined;
    if (!Object.hasOwn(above, key)) return !isMap(below);
    above = above[key];
    below = isMap(below) && Object.hasOwn(below, key) ? below[key] : undefined;
  }
  return above !== undefined && above !== null && !(isMap(above) && below !== undefined);
}
