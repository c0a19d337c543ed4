import type { Diagnostic, Range } from '../schema/diagnostic.ts';
import type { Document, Value } from '../schema/document.ts';
import { type Compiled, type CompileInput, compileDocument } from './compile.ts';
import { diagnose } from './diagnose.ts';
import { madeOf } from './explain/made-of.ts';
import { otherValues } from './explain/other-values.ts';
import { type JsonSchema, type SchemaEntry, schemaAt } from './explain/schema-at.ts';
import { settingPath } from './explain/setting-path.ts';
import { nearestName } from './model/nearest.ts';
import type { Platform } from './model/platform.ts';
import { pointerTo } from './model/pointer.ts';
import type { Rendered } from './model/target.ts';
import { readDocument } from './read/read-document.ts';
import { overlay } from './validate/overlay.ts';
import { validate } from './validate/validate.ts';

/** What is asked about one platform file. `schema` is the published JSON Schema. */
export interface ExplainInput extends Omit<CompileInput, 'everyEnvironment'> {
  readonly schema: unknown;
}

interface Wrong {
  readonly kind: 'wrong';
  readonly diagnostics: readonly Diagnostic[];
}

interface Unknown {
  readonly kind: 'unknown';
  readonly message: string;
  readonly next: string;
}

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

/** One place of the file that is in a rendered object. */
export interface Place {
  readonly pointer: string;
  readonly what: string;
  readonly range: Range;
}

/** A rendered file, or one service of a Compose file. */
export interface RenderedFile {
  readonly kind: 'rendered';
  readonly path: string;
  readonly text: string;
  /** One for a Kubernetes object or a config, one for each service of a Compose file. */
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    /** Component whose page tells more; absent for objects of the whole platform. */
    readonly component?: string;
    /** The object itself first, then everything else in the order of the file. */
    readonly places: readonly Place[];
  }[];
}

interface Ready {
  readonly document: Document;
  readonly spec: unknown;
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

/** The file with its environment laid over it, and its long form. */
async function readyOf(input: ExplainInput): Promise<Ready | { readonly diagnostics: readonly Diagnostic[] }> {
  const { document: read, diagnostics } = await readDocument(input);
  if (read === undefined || diagnostics.length > 0) return { diagnostics };
  const document = input.environment === undefined ? read : overlay(read, input.environment).document;
  const { spec, findings } = validate(document);
  return spec === undefined ? { diagnostics: diagnose({ document, findings }) } : { document, spec };
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
  const next = near === undefined ? `there are ${keys.join(', ')}` : `did you mean ${[...known, near].join('.')}?`;
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

function compiled(input: ExplainInput, document: Document): Promise<Compiled> {
  return compileDocument(input, document, []);
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

/**
 * A rendered file, or a service of a Compose file, and every place of the platform file that made it.
 *
 * @param path with or without the folder it was rendered into
 * @param service key of a service of a Compose file; absent means all
 */
export async function explainRendered(
  input: ExplainInput,
  path: string,
  service?: string,
): Promise<RenderedFile | Unknown | Wrong> {
  const ready = await readyOf(input);
  if ('diagnostics' in ready) return { kind: 'wrong', diagnostics: ready.diagnostics };
  const { platform, rendered, diagnostics } = await compiled(input, ready.document);
  if (platform === undefined || rendered === undefined) return { kind: 'wrong', diagnostics };
  const manifest = rendered.manifests.find((each) => path === each.path || path.endsWith(`/${each.path}`));
  if (manifest === undefined) {
    return { kind: 'unknown', message: `${path} is not rendered from this file`, next: nextOf(path, rendered) };
  }
  const objects = objectsIn(manifest, rendered, platform).filter(
    ({ name }) => service === undefined || name === service,
  );
  if (objects.length === 0)
    return { kind: 'unknown', message: `${path} has no service ${service}`, next: 'leave it out to see all' };
  const { document } = ready;
  return {
    kind: 'rendered',
    path: manifest.path,
    text: manifest.text,
    objects: objects.map((object) => {
      const component = platform.workloads.find(({ id }) => id === object.workload)?.component;
      const [own, ...others] = madeOf(object, platform).map((part) => ({
        ...part,
        range: document.locate(part.pointer, 'key'),
      }));
      const apart = others.filter((place, at) => isApart(place, [...(own ? [own] : []), ...others.slice(0, at)]));
      apart.sort((a, b) => a.range.start.offset - b.range.start.offset);
      const { kind, name } = object;
      return {
        kind,
        name,
        places: [...(own ? [own] : []), ...apart],
        ...(component === undefined ? {} : { component }),
      };
    }),
  };
}

/** The files in the same folder, else a way to see all. */
function nextOf(path: string, { manifests }: Rendered): string {
  const folder = path.split('/').at(-2) ?? '';
  const beside = manifests.flatMap((each) => (each.path.split('/').at(-2) === folder ? [each.path] : []));
  return beside.length === 0 ? 'run `autogit compile -o -` to see what is rendered' : `there are ${beside.join(', ')}`;
}

/** What the file does not say leads to the part that it belongs to, which was named already. */
function isApart({ range }: Place, before: readonly Place[]): boolean {
  return before.every((other) => other.range.start.offset !== range.start.offset);
}

type Manifest = Rendered['manifests'][number];

function objectsIn({ id, kind, path, origin }: Manifest, { projects = [] }: Rendered, platform: Platform) {
  if (kind === 'compose') {
    const project = projects.find(({ folder }) => path === `${folder}/compose.yaml`);
    return Object.entries(project?.origins ?? {}).map(([name, from]) => ({ kind, name, workload: name, origin: from }));
  }
  const workload = /^(?:kubernetes|compose\/[^/]+\/configs)\/([^/]+)\//.exec(path)?.[1];
  const known = platform.workloads.some((each) => each.id === workload);
  const name = kind === 'config' ? (path.split('/').at(-1) ?? path) : (id.split('/').at(-1) ?? id);
  return [{ kind, name, origin, ...(known && workload !== undefined ? { workload } : {}) }];
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
