import { ApiObject, App, Chart } from 'cdk8s';
import type { YamlValue } from '../model/yaml-text.ts';
import { checkSchema } from './check-schema.ts';
import type { Placed } from './objects.ts';

/** A manifest as plain JSON. */
export interface ManifestJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

/**
 * Runs the objects through cdk8s as core `ApiObject`s, in the given order. The classes of cdk8s-plus-28 would drop every
 * field that they do not know and every bare quantity, without a word; the core class keeps what it is given, which
 * `checkLeaves` proves for each object all the same. Each is checked against the strict schema of its kind as well.
 */
export function synthesize(placed: readonly Placed[]): readonly ManifestJson[] {
  const chart = new Chart(new App({ outdir: '' }), 'platform', { disableResourceNameHashes: true });
  return placed.map(({ object: { apiVersion, kind, metadata, body } }, index) => {
    const given = { apiVersion, kind, metadata, ...body };
    const json = new ApiObject(chart, String(index), given).toJson() as ManifestJson;
    checkLeaves(`${kind} ${metadata.name}`, given, json);
    checkSchema(json);
    return json;
  });
}

/**
 * The leaves that went in are the leaves that came out.
 *
 * @throws Error that names the first difference: a bug of a library, never of a user.
 */
export function checkLeaves(object: string, given: unknown, made: unknown): void {
  const before = leavesOf(given);
  const after = leavesOf(made);
  for (const [path, leaf] of before) {
    if (!after.has(path)) throw new Error(`${object}: ${path} was lost while rendering`);
    if (after.get(path) !== leaf) throw new Error(`${object}: ${path} changed while rendering`);
  }
  for (const path of after.keys()) {
    if (!before.has(path)) throw new Error(`${object}: ${path} appeared while rendering`);
  }
}

/** Every scalar and every empty list or map, by its path. Members that are undefined are not there. */
function leavesOf(value: unknown, path = '', leaves = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) leaves.set(path, value);
    return leaves;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) leaves.set(path, Array.isArray(value) ? '[]' : '{}');
  for (const [key, member] of entries) leavesOf(member, `${path}/${key}`, leaves);
  return leaves;
}

export function yamlOf(json: ManifestJson): YamlValue {
  return json as unknown as YamlValue;
}
