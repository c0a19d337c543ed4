import type { Range } from '../schema/diagnostic.ts';
import type { Document, Value } from '../schema/document.ts';
import type { Compiled } from './compile.ts';
import { otherValues } from './explain/other-values.ts';
import { type JsonSchema, type SchemaEntry, schemaAt } from './explain/schema-at.ts';
import { settingPath } from './explain/setting-path.ts';
import { compiled, type ExplainInput, type Ready, readyOf, type Unknown, type Wrong } from './explain-input.ts';
import { nearestName } from './model/nearest.ts';
import { pointerTo } from './model/pointer.ts';
import { overlay } from './validate/overlay.ts';

/** One key of the language, in this file. */
export interface Setting {
  readonly kind: 'setting';
  /** Its keys: `forge`, `host`. */
  readonly path: readonly string[];
  /** `given`: it stands in the file. `default`: the language or a component fills it in. `absent`: it has no value. */
  readonly from: 'given' | 'default' | 'absent';
  readonly value?: unknown;
  /** Where it stands; of what does not, where what it belongs to stands. */
  readonly range: Range;
  readonly entry: SchemaEntry;
  /** Rendered files and services that stand for this part of the file, for every target that it compiles to. */
  readonly made: readonly string[];
  /** Found by compiling with another value; absent when no other value goes together with the rest of the file. */
  readonly shapes?: {
    /** What was put in its place; null for nothing. */
    readonly instead: Value;
    /** Rendered files that are others then, with the number of lines that differ. */
    readonly files: readonly { readonly path: string; readonly lines: number }[];
  };
}

/** A key of the file: its value, where that comes from, what the schema says and what it shapes. */
export async function explainSetting(input: ExplainInput, asked: string): Promise<Setting | Unknown | Wrong> {
  const ready = await readyOf(input);
  if ('diagnostics' in ready) return { kind: 'wrong', diagnostics: ready.diagnostics };
  const { document, spec } = ready;
  const path = settingPath(asked, spec);
  const schema = input.schema as JsonSchema;
  const entry = schemaAt(schema, path, spec);
  const wrongAt = path.findIndex((_, at) => !isKnown(path.slice(0, at), path[at] ?? '', schema, spec));
  if (entry === undefined || wrongAt !== -1) return unknownKey(asked, path, Math.max(0, wrongAt), schema, spec);
  const pointer = pointerTo('', ...path);
  const value = valueAt(spec, path);
  const isGiven = valueAt(document.tree, path) !== undefined;
  const from = isGiven ? 'given' : value === undefined ? 'absent' : 'default';
  const range = document.locate(pointer, isGiven ? 'key' : 'value');
  const now = await everyTarget(input, document);
  if (now.compiled.rendered === undefined) return { kind: 'wrong', diagnostics: now.compiled.diagnostics };
  const shapes = await shapesOf(now, ready, { path, value, isGiven, entry });
  return {
    kind: 'setting',
    path,
    from,
    range,
    entry,
    made: madeFrom(pointer, now.compiled),
    ...(value === undefined ? {} : { value }),
    ...(shapes === undefined ? {} : { shapes }),
  };
}

/** A key of the language, or an id that this file has. */
function isKnown(above: readonly string[], key: string, schema: JsonSchema, spec: unknown): boolean {
  const value = valueAt(spec, above);
  if (schemaAt(schema, [...above, key], spec) === undefined) return false;
  if (typeof value !== 'object' || value === null || Object.hasOwn(value, key)) return true;
  return schemaAt(schema, above, spec)?.keys.includes(key) === true;
}

function unknownKey(
  asked: string,
  path: readonly string[],
  length: number,
  schema: JsonSchema,
  spec: unknown,
): Unknown {
  const known = path.slice(0, length);
  const ids = Object.keys((valueAt(spec, known) ?? {}) as object);
  const keys = [...new Set([...(schemaAt(schema, known, spec)?.keys ?? []), ...ids])].sort();
  const key = path[length] ?? '';
  const near = nearestName(key, keys);
  const there = keys.length === 0 ? `this file has no ${known.join('.')} yet` : `there are ${keys.join(', ')}`;
  const next = near === undefined ? there : `did you mean ${[...known, near].join('.')}?`;
  const isId = schemaAt(schema, [...known, key], spec) !== undefined;
  const message = isId ? `this file has no ${[...known, key].join('.')}` : `the language has no ${asked}`;
  return { kind: 'unknown', message, next };
}

interface Asked {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly isGiven: boolean;
  readonly entry: SchemaEntry;
}

/** What the file compiles to: both targets, or its own when the other one cannot say everything. */
async function everyTarget(
  input: ExplainInput,
  document: Document,
): Promise<{ readonly input: ExplainInput; readonly compiled: Compiled }> {
  const all = { ...input, target: 'all' } as const;
  const compiledToAll = await compiled(all, document);
  if (compiledToAll.rendered !== undefined) return { input: all, compiled: compiledToAll };
  return { input, compiled: await compiled(input, document) };
}

/** Files and services whose origin is at the pointer or below it. */
function madeFrom(pointer: string, { rendered }: Compiled): readonly string[] {
  const isIn = (origin: string) => origin === pointer || origin.startsWith(`${pointer}/`);
  const services = (rendered?.projects ?? []).flatMap(({ folder, origins }) =>
    Object.entries(origins).flatMap(([name, origin]) => (isIn(origin) ? [`${folder}/compose.yaml ${name}`] : [])),
  );
  const files = (rendered?.manifests ?? []).filter(({ kind, origin }) => kind !== 'compose' && isIn(origin));
  return [...services, ...files.map(({ path }) => path)].sort();
}

/** Compiles with other values until one goes together with the rest, and compares what is rendered. */
async function shapesOf(
  { input, compiled: first }: { readonly input: ExplainInput; readonly compiled: Compiled },
  ready: Ready,
  { path, value, isGiven, entry }: Asked,
): Promise<Setting['shapes']> {
  const now = filesOf(first);
  if (now === undefined || crossesList(ready.spec, path)) return undefined;
  for (const instead of otherValues(value, isGiven, entry)) {
    const { document } = overlay(withOverlay(ready.document, path, instead), probe);
    const then = filesOf(await compiled(input, document));
    if (then === undefined) continue;
    const files = different(now, then);
    if (files.length > 0 || instead !== null) return { instead, files };
  }
  return undefined;
}

/** No id of an environment can be this. */
const probe = '?';

function withOverlay(document: Document, path: readonly string[], value: Value): Document {
  const over = path.reduceRight<Value>((inner, key) => ({ [key]: inner }), value);
  return { ...document, tree: { ...document.tree, environments: { [probe]: over } } };
}

function filesOf({ rendered }: Compiled): ReadonlyMap<string, string> | undefined {
  return rendered && new Map(rendered.manifests.map(({ path, text }) => [path, text]));
}

function different(now: ReadonlyMap<string, string>, then: ReadonlyMap<string, string>) {
  const paths = [...new Set([...now.keys(), ...then.keys()])].sort();
  return paths.flatMap((path) => {
    const [a, b] = [now.get(path), then.get(path)];
    return a === b ? [] : [{ path, lines: linesOnlyIn(a ?? '', b ?? '') }];
  });
}

/** Lines that the file has more often now than with the other value; of a file that would be new then, none. */
function linesOnlyIn(now: string, then: string): number {
  const left = new Map<string, number>();
  for (const line of then.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  return now.split('\n').filter((line) => {
    const number = left.get(line) ?? 0;
    left.set(line, number - 1);
    return number <= 0 && line !== '';
  }).length;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    return (inner as Readonly<Record<string, unknown>>)[key];
  }, value);
}

function crossesList(spec: unknown, path: readonly string[]): boolean {
  return path.some((_, at) => Array.isArray(valueAt(spec, path.slice(0, at))));
}
