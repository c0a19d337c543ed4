/**
 * Makes `compiler/kubernetes/schema/certificates.json` anew: `node scripts/vendor/certificate-schema.ts CRDS` with the
 * folder `deploy/crds` of the Go module github.com/cert-manager/cert-manager. Issuer and Certificate, without the issuers
 * and templates that AutoGit does not write. Every solver of DNS is there: those that it does not write are written by patches.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isMap, type Json, structural } from './structural.ts';

const leftOut: readonly string[] = ['keystores', 'podTemplate', 'vault', 'venafi'];

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder?');
const kinds = await Promise.all(['certificates', 'issuers'].map(kindIn));
const out = join(import.meta.dirname, '../../compiler/kubernetes/schema/certificates.json');
await writeFile(out, `${JSON.stringify({ properties: Object.fromEntries(kinds) }, null, 1)}\n`);

async function kindIn(name: string): Promise<readonly [string, Json]> {
  const { spec } = parse(await readFile(join(folder ?? '', `cert-manager.io_${name}.yaml`), 'utf8')) as {
    spec: { group: string; names: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: Json } }[] };
  };
  const served = spec.versions.find((version) => version.name === 'v1');
  if (served === undefined) throw new Error(`${name} has no version v1`);
  const { properties, ...schema } = structural(without(served.schema.openAPIV3Schema)) as {
    properties: Record<string, Json>;
  };
  const { status: _, ...fields } = properties;
  const typed = {
    apiVersion: { type: 'string', enum: [`${spec.group}/v1`] },
    kind: { type: 'string', enum: [spec.names.kind] },
    metadata: { type: 'object' },
  };
  const required = ['apiVersion', 'kind', 'metadata', 'spec'];
  return [spec.names.kind, { ...schema, properties: { ...fields, ...typed }, required }];
}

function without(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(without);
  if (!isMap(schema)) return schema;
  const kept = Object.entries(schema).filter(([key]) => !leftOut.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, without(value)]));
}
