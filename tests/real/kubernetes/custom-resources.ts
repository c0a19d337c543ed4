import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { type ApiServer, apply, type KubernetesJson, request } from './api.ts';
import { judges } from './available.ts';

const readyWithinMs = 60_000;

/** Ends of the API groups of each project; a file of definitions is named after its group. */
const projects = {
  'cert-manager': 'cert-manager.io',
  'gateway-api': 'gateway.networking.k8s.io',
  'prometheus-operator': 'monitoring.coreos.com',
  traefik: 'traefik.io',
} as const;

/** Installs the definitions of these projects, and waits until the server serves every kind of them. */
export async function installCustomResources(
  server: ApiServer,
  wanted: readonly (keyof typeof projects)[],
): Promise<void> {
  const { crds } = judges();
  const groups = wanted.map((project) => projects[project]);
  const definitions = readdirSync(crds)
    .sort()
    .filter((file) => groups.some((group) => (file.split('_')[0] ?? '').endsWith(group)))
    .flatMap((file) => parseAllDocuments(readFileSync(join(crds, file), 'utf8')))
    .map((document) => (document as { toJS(): KubernetesJson }).toJS())
    .filter((object) => object?.kind === 'CustomResourceDefinition');
  for (const definition of definitions) {
    const { status, body } = await apply(server, definition);
    if (status !== 201) throw new Error(`${definition.metadata.name}: ${status} ${String(body.message)}`);
  }
  for (const path of definitions.flatMap(pathsOf)) await served(server, path);
}

function pathsOf({ spec }: KubernetesJson): readonly string[] {
  const { group, names, versions } = spec as {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  return versions.flatMap((version) => (version.served ? [`/apis/${group}/${version.name}/${names.plural}`] : []));
}

async function served(server: ApiServer, path: string): Promise<void> {
  const end = performance.now() + readyWithinMs;
  for (;;) {
    const { status } = await request(server, { method: 'GET', path });
    if (status === 200) return;
    if (performance.now() > end) throw new Error(`${path} answers ${status}`);
    await sleep(100);
  }
}
