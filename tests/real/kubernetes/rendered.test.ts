import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { target } from '../../../compiler/kubernetes/target.ts';
import type { Platform } from '../../../compiler/model/platform.ts';
import { everything, withGpus } from '../../targets/kubernetes-platforms.ts';
import { home, link, platform, workload } from '../../targets/platforms.ts';
import { apply, create, type KubernetesJson, request } from './api.ts';
import { installCustomResources } from './custom-resources.ts';
import { podsOf } from './pods-of.ts';
import { type RunningApiServer, startApiServer } from './start-api-server.ts';

let server: RunningApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await installCustomResources(server, ['gateway-api', 'traefik']);
});

afterAll(() => server?.stop());

/** The rendered objects in the order of `kustomization.yaml`. */
async function objectsOf(given: Platform): Promise<readonly KubernetesJson[]> {
  const { manifests } = await target.render(given);
  const texts = new Map(manifests.map(({ path, text }) => [path, text]));
  const order = parse(texts.get('kubernetes/kustomization.yaml') ?? '') as { readonly resources: readonly string[] };
  expect(order.resources).toHaveLength(manifests.length - 1);
  return order.resources.map((path) => parse(texts.get(`kubernetes/${path}`) ?? '') as KubernetesJson);
}

const described = (object: KubernetesJson) => `${object.kind} ${object.metadata.name}`;

/** A platform that meets the strictest Pod Security level. */
function hardened(): Platform {
  const user = { uid: 1000, gid: 1000 };
  const web = workload('web', {
    user,
    readOnlyRoot: true,
    capabilities: ['NET_BIND_SERVICE'],
    ports: [{ name: 'http', port: 8080, protocol: 'tcp', publish: { port: 80 }, origin: '/services/web/port' }],
    mounts: [{ kind: 'tmpfs', path: '/tmp' }],
    needs: [{ workload: 'api', condition: 'healthy', origin: '/services/web/needs/0' }],
    internet: true,
  });
  const api = workload('api', {
    user,
    ports: [{ name: 'http', port: 8080, protocol: 'tcp', origin: '/services/api/port' }],
    mounts: [{ kind: 'volume', volume: 'api-files', path: '/files', readOnly: true }],
    environment: [
      { name: 'KEY', value: { kind: 'secret', secret: 'api-key' }, origin: '/services/api/environment/KEY' },
    ],
  });
  return platform({
    name: 'tight',
    cluster: { namespace: 'tight', storageClass: 'fast', version: '1.28', routes: 'ingress' },
    workloads: [api, web],
    volumes: [{ id: 'api-files', workload: 'api', origin: '/services/api/volumes/files', sizeBytes: 2 ** 30 }],
    links: [link('web', 'api', 8080)],
    accept: { AG501: 'the image reads no file' },
  });
}

/** All that the language can ask for, in a namespace of its own. */
function all(routes: Platform['cluster']['routes'], version: string): Platform {
  return everything({ name: `all-${routes}`, cluster: { namespace: `all-${routes}`, routes, version } });
}

describe.each([
  ['everything at once, routes by Ingress, for the oldest version', () => all('ingress', '1.28')],
  ['everything at once, routes by Traefik', () => all('traefik', '1.33')],
  ['everything at once, routes by the Gateway API, for the version of the server', () => all('gateway', '1.36')],
  ['a forge with its database and ingress', home],
  ['two plain services that meet the restricted level', hardened],
  ['GPUs of three vendors with their device plugins', withGpus],
])('%s', (_, given) => {
  it('is accepted object by object in apply order, strictly and without a warning', async () => {
    const objects = await objectsOf(given());
    for (const object of objects) {
      const tried = object.kind === 'Namespace' ? undefined : await create(server, object, { dryRun: true });
      const applied = await apply(server, object);
      const told = { object: described(object), tried: tried?.body.message, applied: applied.body.message };
      expect([tried?.status ?? 201, applied.status, told]).toEqual([201, 201, { object: described(object) }]);
      expect([...(tried?.warnings ?? []), ...applied.warnings]).toEqual([]);
    }
  });

  it('applied again changes nothing', async () => {
    for (const object of await objectsOf(given())) {
      const before = await apply(server, object);
      const after = await apply(server, object);
      expect([described(object), withoutBookkeeping(after.body)]).toEqual([
        described(object),
        withoutBookkeeping(before.body),
      ]);
    }
  });

  it('has pods that its own namespace admits', async () => {
    const pods = podsOf(await objectsOf(given()));
    expect(pods.length).toBeGreaterThan(1);
    for (const pod of pods) {
      const answer = await create(server, pod, { dryRun: true });
      expect([described(pod), answer.status, answer.body.message, answer.warnings]).toEqual([
        described(pod),
        201,
        undefined,
        [],
      ]);
    }
  });
});

it('lets a forge be replaced by another program: no immutable field names the component', async () => {
  const other = home();
  const workloads = other.workloads.map((entry) =>
    entry.id === 'forge' ? { ...entry, component: 'gitea', image: 'docker.gitea.com/gitea:1.26.4-rootless' } : entry,
  );
  for (const object of await objectsOf({ ...other, workloads })) {
    const answer = await apply(server, object);
    expect([described(object), answer.status, answer.body.message]).toEqual([described(object), 200, undefined]);
  }
});

describe('the judge', () => {
  it('refuses an unknown field', async () => {
    const [deployment] = (await objectsOf(hardened())).filter(({ kind }) => kind === 'Deployment');
    const planted = { ...deployment, spec: { ...(deployment?.spec as object), replcas: 1 } } as KubernetesJson;
    const answer = await create(server, planted, { dryRun: true });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain('unknown field "spec.replcas"');
  });

  it('refuses a pod of the baseline level where the restricted level is enforced', async () => {
    const [pod] = podsOf(await objectsOf(home())).filter(({ metadata }) => metadata.name === 'home-database');
    const moved = { ...pod, metadata: { ...pod?.metadata, namespace: 'tight' } } as KubernetesJson;
    const answer = await create(server, moved, { dryRun: true });
    expect(answer.status).toBe(403);
    expect(answer.body.message).toContain('violates PodSecurity "restricted:latest"');
  });

  it('refuses a device plugin where the services of its platform are', async () => {
    const [plugin] = podsOf(await objectsOf(withGpus())).filter(({ metadata }) => metadata.name === 'lab-gpu-amd');
    const moved = { ...plugin, metadata: { ...plugin?.metadata, namespace: 'lab' } } as KubernetesJson;
    const answer = await create(server, moved, { dryRun: true });
    expect([answer.status, answer.body.message]).toEqual([403, expect.stringContaining('"hostPath"')]);
  });

  it('still holds what was applied', async () => {
    const answer = await request(server, {
      method: 'GET',
      path: '/apis/apps/v1/namespaces/home/statefulsets/home-forge',
    });
    expect(answer.status).toBe(200);
  });
});

/** `resourceVersion` of a claim moves once without a change, when the server stores a default late. */
function withoutBookkeeping(body: Record<string, unknown>): unknown {
  const { managedFields: _fields, resourceVersion: _version, ...metadata } = body.metadata as Record<string, unknown>;
  return { ...body, metadata };
}
