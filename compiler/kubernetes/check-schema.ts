import { type JsonSchema, type Judge, judgeBy, misfit } from '../model/conform.ts';
import type { Cluster } from '../model/platform.ts';
import schemas from './schema/kubernetes.json' with { type: 'json' };
import since from './schema/since.json' with { type: 'json' };
import { minorOf } from './versions.ts';

/**
 * The strict schemas of every kind that a platform with this cluster can have, ready to judge by. A field that came after
 * the cluster's version is unknown. The schemas of custom kinds are large and loaded only for routes and certificates that need them.
 */
export async function judgeFor(
  { version, routes }: Pick<Cluster, 'version' | 'routes'>,
  certificates: boolean,
): Promise<Judge> {
  const root = schemas as JsonSchema;
  const custom =
    routes === 'ingress' ? {} : (await import('./schema/routes.json', { with: { type: 'json' } })).default.properties;
  const ofCertificates = certificates
    ? (await import('./schema/certificates.json', { with: { type: 'json' } })).default.properties
    : {};
  return judgeBy({
    properties: {
      ...root.properties,
      ...(custom as JsonSchema['properties']),
      ...(ofCertificates as JsonSchema['properties']),
    },
    $defs: { ...root.$defs, ...withoutLater(root, minorOf(version)) },
  });
}

/** The definitions that have fields of a later version, without these. */
function withoutLater({ $defs = {} }: JsonSchema, minor: number): Readonly<Record<string, JsonSchema>> {
  const changed = Object.entries(since).flatMap(([name, fields]) => {
    const later = Object.entries(fields).flatMap(([field, from]) => (from > minor ? [field] : []));
    const definition = $defs[name];
    if (later.length === 0 || definition === undefined) return [];
    const kept = Object.entries(definition.properties ?? {}).filter(([field]) => !later.includes(field));
    return [[name, { ...definition, properties: Object.fromEntries(kept) }] as const];
  });
  return Object.fromEntries(changed);
}

/**
 * A manifest fits the strict schema of its kind: no unknown field, nothing missing, every type right.
 *
 * @throws Error that names the object and the field: what the compiler wrote itself is wrong, which is a bug.
 */
export function checkSchema(
  judge: Judge,
  json: { readonly kind: string; readonly metadata: { readonly name: string } },
): void {
  const schema = judge.root.properties?.[json.kind];
  if (schema === undefined) throw new Error(`there is no schema for ${json.kind}`);
  const found = misfit(judge, schema, json);
  if (found !== undefined) throw new Error(`${json.kind} ${json.metadata.name} does not fit its schema: ${found}`);
}
