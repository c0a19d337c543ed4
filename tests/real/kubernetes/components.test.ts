/** Every component as the contract uses it, applied for good to an API server that knows all custom kinds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../../compiler/compile.ts';
import type { Cluster } from '../../../compiler/model/platform.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { componentFiles } from '../../contract/component-files.ts';
import { type Answer, apply, create, type KubernetesJson, request } from './api.ts';
import { installCustomResources } from './custom-resources.ts';
import { podsOf } from './pods-of.ts';
import { type RunningApiServer, startApiServer } from './start-api-server.ts';

const routes = ['ingress', 'traefik', 'gateway'] as const;

let server: RunningApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await installCustomResources(server, ['cert-manager', 'gateway-api', 'prometheus-operator', 'traefik']);
});

afterAll(() => server?.stop());

const uses = Object.entries(componentFiles).flatMap(([use, { minimal, full }]) => [
  { use, form: 'minimal', by: 'ingress', file: minimal } as const,
  ...routes.map((by) => ({ use, form: 'full', by, file: full }) as const),
]);

describe.each(uses)('$use in its $form form, routes by $by', ({ use, form, by, file }) => {
  const name = `${use}-${form}-${by}`;

  it('is taken whole: no object refused, no field unknown, no warning; and again without a change', async () => {
    for (const object of await rendered(name, by, file)) {
      const first = await apply(server, object);
      expectTaken(object, first, 201);
      const second = await apply(server, object);
      expectTaken(object, second, 200);
      expect([told(object), generationOf(second)]).toEqual([told(object), generationOf(first)]);
    }
  });

  it('has pods that its namespace lets in at the level that it enforces', async () => {
    const objects = await rendered(name, by, file);
    for (const pod of podsOf(objects)) expectTaken(pod, await create(server, pod, { dryRun: false }), 201);
    expect(await levelsOnServer(name)).toEqual(levelsOf(objects));
  });
});

describe('the judge', () => {
  it.each([
    ['Certificate', 'secretNmae', 'authelia', 'ingress'],
    ['IngressRoute', 'entryPionts', 'authelia', 'traefik'],
    ['HTTPRoute', 'hostnmaes', 'authelia', 'gateway'],
    ['StatefulSet', 'replcas', 'postgres', 'ingress'],
  ] as const)('refuses a %s with the unknown field %s', async (kind, field, use, by) => {
    const name = `${use}-full-${by}`;
    const objects = await rendered(name, by, componentFiles[use]?.full ?? '');
    const object = objects.find((each) => each.kind === kind);
    expect(object).toBeDefined();
    const planted = { ...object, spec: { ...(object?.spec as object), [field]: 1 } } as KubernetesJson;
    const answer = await apply(server, planted);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.message).toContain(field);
  });

  it('keeps a pod out that its namespace does not allow', async () => {
    const name = 'postgres-full-ingress';
    const objects = await rendered(name, 'ingress', componentFiles.postgres?.full ?? '');
    const [pod] = podsOf(objects);
    const planted = {
      ...pod,
      metadata: { ...pod?.metadata, name: 'planted' },
      spec: { ...(pod?.spec as object), hostNetwork: true },
    } as KubernetesJson;
    const answer = await create(server, planted, { dryRun: true });
    expect([answer.status, answer.body.message]).toEqual([403, expect.stringContaining('violates PodSecurity')]);
  });
});

async function rendered(name: string, by: Cluster['routes'], rest: string): Promise<readonly KubernetesJson[]> {
  const file = {
    ...(parse(rest) as object),
    name,
    domain: `${name}.lan`,
    target: 'kubernetes',
    cluster: { routes: by },
  };
  const bytes = Buffer.from(JSON.stringify(file));
  const made = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
  expect(made.diagnostics).toEqual([]);
  const texts = new Map(made.rendered?.manifests.map((manifest) => [manifest.path, manifest.text]));
  const order = parse(texts.get('kubernetes/kustomization.yaml') ?? '') as { readonly resources: readonly string[] };
  return order.resources.map((path) => parse(texts.get(`kubernetes/${path}`) ?? '') as KubernetesJson);
}

const told = ({ kind, metadata }: KubernetesJson) => `${kind} ${metadata.name}`;

function expectTaken(object: KubernetesJson, { status, body, warnings }: Answer, expected: number): void {
  expect([told(object), body.message, warnings, status]).toEqual([told(object), undefined, [], expected]);
}

/** Counts what the server took for a change of what is wanted; absent for kinds that have no such count. */
function generationOf({ body }: Answer): unknown {
  return (body.metadata as { readonly generation?: number }).generation;
}

const levels = ['audit', 'enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}`);

function levelsOf(objects: readonly KubernetesJson[]): readonly unknown[] {
  const labels = objects.find(({ kind }) => kind === 'Namespace')?.metadata.labels as Record<string, string>;
  return levels.map((label) => labels[label]);
}

async function levelsOnServer(name: string): Promise<readonly unknown[]> {
  const { body } = await request(server, { method: 'GET', path: `/api/v1/namespaces/${name}` });
  const { labels } = body.metadata as { readonly labels: Record<string, string> };
  return levels.map((label) => labels[label]);
}
