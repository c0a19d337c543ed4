/**
 * Makes the schemas of `compiler/kubernetes/schema/` anew:
 * `node scripts/vendor/kubernetes-schema.ts SCHEMAS GATEWAY TRAEFIK` with the folder `kubernetes-json-schema` of the PyPI
 * package kubernetes-validate, the folder `config/crd/standard` of the Go module sigs.k8s.io/gateway-api, and the folder
 * `docs/content/reference/dynamic-configuration` of the Go module github.com/traefik/traefik/v3.
 *
 * `kubernetes.json`: the kinds that AutoGit writes and what they refer to, of the newest version, without descriptions;
 * what the oldest version requires is required. `null` is taken out of the types: an API server reads it as absent, and
 * AutoGit writes none. `since.json`: the fields that came after the oldest version. `routes.json`: the custom kinds.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isMap, type Json, structural } from './structural.ts';

type Fields = { [name: string]: Json };

const oldest = 28;
const kinds: Readonly<Record<string, string>> = {
  ClusterRole: 'io.k8s.api.rbac.v1.ClusterRole',
  ClusterRoleBinding: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  ConfigMap: 'io.k8s.api.core.v1.ConfigMap',
  CronJob: 'io.k8s.api.batch.v1.CronJob',
  DaemonSet: 'io.k8s.api.apps.v1.DaemonSet',
  Deployment: 'io.k8s.api.apps.v1.Deployment',
  Ingress: 'io.k8s.api.networking.v1.Ingress',
  IngressClass: 'io.k8s.api.networking.v1.IngressClass',
  Job: 'io.k8s.api.batch.v1.Job',
  Namespace: 'io.k8s.api.core.v1.Namespace',
  NetworkPolicy: 'io.k8s.api.networking.v1.NetworkPolicy',
  PersistentVolumeClaim: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  PodDisruptionBudget: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  Role: 'io.k8s.api.rbac.v1.Role',
  RoleBinding: 'io.k8s.api.rbac.v1.RoleBinding',
  RuntimeClass: 'io.k8s.api.node.v1.RuntimeClass',
  Service: 'io.k8s.api.core.v1.Service',
  ServiceAccount: 'io.k8s.api.core.v1.ServiceAccount',
  StatefulSet: 'io.k8s.api.apps.v1.StatefulSet',
};

const [schemas, gateway, traefik] = process.argv.slice(2);
if (schemas === undefined || gateway === undefined || traefik === undefined) throw new Error('which folders?');
const out = join(import.meta.dirname, '../../compiler/kubernetes/schema');
const minors = (await readdir(schemas))
  .flatMap((name) => /^v1\.(\d+)\.0-local-strict$/.exec(name)?.[1] ?? [])
  .map(Number)
  .filter((minor) => minor >= oldest)
  .sort((a, b) => a - b);
const versions = await Promise.all(minors.map(definitionsOf));
await writeJson('kubernetes.json', {
  properties: Object.fromEntries(Object.entries(kinds).map(([kind, name]) => [kind, { $ref: `#/$defs/${name}` }])),
  $defs: sorted(requiredByBoth(versions.at(-1) ?? {}, versions[0] ?? {})),
});
await writeJson('since.json', sorted(laterFields()));
await writeJson('routes.json', { properties: sorted(await customKinds()) });

async function definitionsOf(minor: number): Promise<Fields> {
  const text = await readFile(join(schemas ?? '', `v1.${minor}.0-local-strict/_definitions.json`), 'utf8');
  const all = (JSON.parse(text) as { $defs: Fields }).$defs;
  const kept: Fields = {};
  const keep = (name: string): void => {
    if (name in kept) return;
    kept[name] = null;
    kept[name] = reduced(all[name] ?? null, keep);
  };
  for (const name of Object.values(kinds)) keep(name);
  return kept;
}

function reduced(schema: Json, keep: (name: string) => void): Json {
  if (Array.isArray(schema)) return schema.map((each) => reduced(each, keep));
  if (!isMap(schema)) return schema;
  if (typeof schema.$ref === 'string') keep(schema.$ref.split('/').at(-1) ?? '');
  const entries = Object.entries(schema)
    .filter(([key, value]) => !(key === 'description' && typeof value === 'string') && !key.startsWith('x-'))
    .map(([key, value]) => [key, isTypeName(key, value) ? withoutNull(value) : reduced(value, keep)]);
  return Object.fromEntries(entries);
}

/** The keyword, not a property that is called `type`. */
function isTypeName(key: string, value: Json): boolean {
  return key === 'type' && (typeof value === 'string' || Array.isArray(value));
}

function withoutNull(type: Json): Json {
  if (!Array.isArray(type)) return type;
  const rest = type.filter((name) => name !== 'null');
  return rest.length === 1 ? (rest[0] ?? rest) : rest;
}

function requiredByBoth(newer: Fields, older: Fields): Fields {
  const entries = Object.entries(newer).map(([name, schema]) => {
    const required = [...new Set([...requiredOf(schema), ...requiredOf(older[name])])].sort();
    return [name, required.length === 0 ? schema : { ...(schema as Fields), required }];
  });
  return Object.fromEntries(entries);
}

function requiredOf(schema: Json | undefined): readonly string[] {
  return isMap(schema) && Array.isArray(schema.required) ? (schema.required as string[]) : [];
}

/** Definition → field → the minor version that brought it. A definition that is new as a whole is left out. */
function laterFields(): Fields {
  const found: Record<string, Record<string, number>> = {};
  for (const [index, definitions] of versions.entries()) {
    for (const [name, schema] of Object.entries(definitions)) {
      const before = versions[index - 1]?.[name];
      if (before === undefined) continue;
      const fresh = Object.keys(fieldsOf(schema)).filter((field) => !(field in fieldsOf(before)));
      for (const field of fresh) found[name] = { ...found[name], [field]: minors[index] ?? 0 };
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, fields]) => [name, sorted(fields)]));
}

function fieldsOf(schema: Json | undefined): Fields {
  return isMap(schema) && isMap(schema.properties) ? schema.properties : {};
}

async function customKinds(): Promise<Fields> {
  const files = [
    ...['gatewayclasses', 'gateways', 'httproutes'].map((name) =>
      join(gateway ?? '', `gateway.networking.k8s.io_${name}.yaml`),
    ),
    join(traefik ?? '', 'traefik.io_ingressroutes.yaml'),
  ];
  const found: Fields = {};
  for (const file of files) {
    for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
      const { spec } = (
        document as { toJS(): { spec: { group: string; names: { kind: string }; versions: Version[] } } }
      ).toJS();
      const served = spec.versions.find(({ name }) => name === 'v1') ?? spec.versions[0];
      if (served === undefined) throw new Error(`${file} has no version`);
      const { properties, ...schema } = structural(served.schema.openAPIV3Schema) as { properties: Fields };
      const { status: _, ...fields } = properties;
      const typed = {
        apiVersion: { type: 'string', enum: [`${spec.group}/${served.name}`] },
        kind: { type: 'string', enum: [spec.names.kind] },
        metadata: { type: 'object' },
      };
      found[spec.names.kind] = {
        ...schema,
        properties: { ...fields, ...typed },
        required: ['apiVersion', 'kind', 'metadata', 'spec'],
      };
    }
  }
  return found;
}

interface Version {
  readonly name: string;
  readonly schema: { readonly openAPIV3Schema: Json };
}

function sorted(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function writeJson(name: string, value: Json): Promise<void> {
  await writeFile(join(out, name), `${JSON.stringify(value, null, 1)}\n`);
}
