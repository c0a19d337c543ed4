import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { type ApiServer, apply, type KubernetesJson, request } from './api.ts';
import { judges } from './available.ts';

const readyWithinMs = 60_000;

/** Installs the definitions of the Gateway API and of Traefik, and waits until the server serves their kinds. */
export async function installCustomResources(server: ApiServer): Promise<void> {
  const { crds } = judges();
  const documents = readdirSync(crds)
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(crds, file), 'utf8')))
    .map((document) => (document as { toJS(): KubernetesJson }).toJS())
    .filter((object) => object?.kind === 'CustomResourceDefinition');
  for (const definition of documents) {
    const { status, body } = await apply(server, definition);
    if (status !== 201) throw new Error(`${definition.metadata.name}: ${status} ${String(body.message)}`);
  }
  for (const path of ['gateway.networking.k8s.io/v1/httproutes', 'traefik.io/v1alpha1/ingressroutes']) {
    await served(server, `/apis/${path}`);
  }
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
