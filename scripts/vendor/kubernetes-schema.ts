/**
 * Makes `compiler/kubernetes/schema/kubernetes.json` anew: `node scripts/vendor/kubernetes-schema.ts DEFINITIONS` with
 * `kubernetes-json-schema/v1.36.0-local-strict/_definitions.json` of the PyPI package kubernetes-validate.
 * Keeps the kinds that AutoGit writes and what they refer to, without descriptions. `null` is taken out of the types:
 * an API server reads it as absent, and AutoGit writes none.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Definitions = { [name: string]: Json };

const kinds: Readonly<Record<string, string>> = {
  ClusterRole: 'io.k8s.api.rbac.v1.ClusterRole',
  ClusterRoleBinding: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  ConfigMap: 'io.k8s.api.core.v1.ConfigMap',
  Deployment: 'io.k8s.api.apps.v1.Deployment',
  Ingress: 'io.k8s.api.networking.v1.Ingress',
  IngressClass: 'io.k8s.api.networking.v1.IngressClass',
  Namespace: 'io.k8s.api.core.v1.Namespace',
  NetworkPolicy: 'io.k8s.api.networking.v1.NetworkPolicy',
  PersistentVolumeClaim: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  Role: 'io.k8s.api.rbac.v1.Role',
  RoleBinding: 'io.k8s.api.rbac.v1.RoleBinding',
  Service: 'io.k8s.api.core.v1.Service',
  ServiceAccount: 'io.k8s.api.core.v1.ServiceAccount',
  StatefulSet: 'io.k8s.api.apps.v1.StatefulSet',
};

const source = process.argv[2];
if (source === undefined) throw new Error('which _definitions.json?');
const all = (JSON.parse(await readFile(source, 'utf8')) as { $defs: Definitions }).$defs;
const kept: Definitions = {};
for (const name of Object.values(kinds)) keep(name);
const properties = Object.fromEntries(Object.entries(kinds).map(([kind, name]) => [kind, { $ref: `#/$defs/${name}` }]));
const sorted = Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
const text = JSON.stringify({ properties, $defs: sorted }, null, 1);
await writeFile(join(import.meta.dirname, '../../compiler/kubernetes/schema/kubernetes.json'), `${text}\n`);

function keep(name: string): void {
  if (name in kept) return;
  kept[name] = null;
  kept[name] = reduced(all[name] ?? null);
}

function reduced(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(reduced);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (typeof schema.$ref === 'string') keep(schema.$ref.split('/').at(-1) ?? '');
  const entries = Object.entries(schema)
    .filter(([key, value]) => !(key === 'description' && typeof value === 'string') && !key.startsWith('x-'))
    .map(([key, value]) => [key, isTypeName(key, value) ? withoutNull(value) : reduced(value)]);
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
