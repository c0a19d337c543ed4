import { ApiObject, App, Chart } from 'cdk8s';
import type { Judge } from '../model/conform.ts';
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
 * Runs objects through cdk8s as core `ApiObject`s, one at a time. The classes of cdk8s-plus-28 would drop every field that
 * they do not know and every bare quantity, without a word; the core class keeps what it is given, which `checkLeaves`
 * proves for each object all the same. Each is checked against the strict schema of its kind as well. Nothing of an
 * object is kept after it was made.
 */
export function synthesizer(judge: Judge): (placed: Placed) => ManifestJson {
  const chart = new Chart(new App({ outdir: '' }), 'platform', { disableResourceNameHashes: true });
  return ({ object: { apiVersion, kind, metadata, body } }) => {
    const given = { apiVersion, kind, metadata, ...body };
    const json = new ApiObject(chart, 'object', given).toJson() as ManifestJson;
    chart.node.tryRemoveChild('object');
    checkLeaves(`${kind} ${metadata.name}`, given, json);
    checkSchema(judge, json);
    return json;
  };
}

/**
 * The leaves that went in are the leaves that came out. A member that is undefined is not there.
 *
 * @throws Error that names the first difference: a bug of a library, never of a user.
 */
export function checkLeaves(object: string, given: unknown, made: unknown): void {
  const path = differenceOf(given, made);
  if (path !== undefined) throw new Error(`${object}: ${path} was lost or changed while rendering`);
}

/** Path of the first place where two values differ. */
function differenceOf(given: unknown, made: unknown): string | undefined {
  if (given === made) return undefined;
  if (!isObject(given) || !isObject(made) || Array.isArray(given) !== Array.isArray(made)) return '';
  for (const key of Object.keys(given)) {
    const below = differenceOf(given[key], made[key]);
    if (below !== undefined) return `/${key}${below}`;
  }
  const more = Object.keys(made).find((key) => given[key] === undefined && made[key] !== undefined);
  return more === undefined ? undefined : `/${more}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function yamlOf(json: ManifestJson): YamlValue {
  return json as unknown as YamlValue;
}
