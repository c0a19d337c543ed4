/** The rendered ingress: its configuration and its rights, in the hands of a real Traefik against a real API server. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../../compiler/compile.ts';
import type { Cluster } from '../../../compiler/model/platform.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { traefik } from '../oracles/programs.ts';
import { apply, type KubernetesJson, request } from './api.ts';
import { installCustomResources } from './custom-resources.ts';
import { type RunningApiServer, startApiServer } from './start-api-server.ts';
import { canStartPods, type PodSpec, type RunningPod, startPod } from './start-pod.ts';

const patience = { timeout: 90_000, interval: 200 };
/** What the rendered entry points listen on, which the rendered pod says. */
const ports = { http: 8000, https: 8443 } as const;
const host = 'shop.home.lan';
/** The pods behind the routes. */
const others = {
  shop: { address: '10.244.0.11', port: 3000 },
  metrics: { address: '10.244.0.12', port: 9100 },
} as const;
type Other = keyof typeof others;
const kinds = ['ingress', 'traefik', 'gateway'] as const;

let server: RunningApiServer;
let pod: RunningPod | undefined;

beforeAll(async () => {
  server = await startApiServer();
  await installCustomResources(server, ['cert-manager', 'gateway-api', 'traefik']);
});

afterEach(() => pod?.stop());

afterAll(() => server?.stop());

describe.skipIf(!canStartPods).each(kinds)('routes by %s', (routes) => {
  it('are served with the rendered configuration and rights alone, and the pods behind them may come and go', async () => {
    const objects = await rendered(routes, routes);
    await applyAll(objects);
    const { said, ask } = await running(objects);

    const shop = { pod: 'shop', host, path: '/cart?item=1', scheme: 'http' };
    const metrics = { ...shop, pod: 'metrics', path: '/metrics/all' };
    const asked = (path = shop.path) => ask('http', ports.http, host, path).catch((error: Error) => error.message);
    await vi.waitFor(async () => {
      expect([await asked(), await asked(metrics.path)], lastOf(said)).toEqual([shop, metrics]);
    }, patience);
    expect(await ask('http', ports.http, 'other.home.lan', '/')).toBe(404);
    // Its own page, of which the program that is built here has only what the page asks.
    expect(await ask('http', ports.http, 'page.home.lan', '/api/version')).toMatchObject({
      Codename: expect.anything(),
    });
    // A Gateway listens for HTTPS only with a certificate.
    const secure = routes === 'gateway' ? 404 : { ...shop, scheme: 'https' };
    expect(await ask('https', ports.https, host, shop.path)).toEqual(secure);

    await putEndpoints(objects, 'shop', false);
    await vi.waitFor(async () => expect(await asked(), lastOf(said)).toBe(503), patience);
    await putEndpoints(objects, 'shop', true);
    await vi.waitFor(async () => expect(await asked(), lastOf(said)).toEqual(shop), patience);
    // A right that it lacks would be among these lines.
    expect(complaints(said())).toEqual([]);
  });
});

describe.skipIf(!canStartPods)('the Gateway API', () => {
  it('hears from Traefik that the gateway listens and each route is taken, which the rendered rights let it say', async () => {
    const name = 'status';
    const objects = await rendered('gateway', name);
    await applyAll(objects);
    const { said } = await running(objects);
    const group = `/apis/gateway.networking.k8s.io/v1/namespaces/${name}`;
    await vi.waitFor(async () => {
      const { body: gateway } = await request(server, { method: 'GET', path: `${group}/gateways/${name}-ingress` });
      expect(holding(gateway.status), lastOf(said)).toEqual(['Accepted', 'Programmed']);
      for (const route of Object.keys(others)) {
        const { body } = await request(server, { method: 'GET', path: `${group}/httproutes/${name}-${route}` });
        const { parents = [] } = (body.status ?? {}) as { readonly parents?: readonly unknown[] };
        expect(parents.map(holding), lastOf(said)).toEqual([['Accepted', 'ResolvedRefs']]);
      }
    }, patience);
  });
});

describe.skipIf(!canStartPods)('sign-on with routes of the Gateway API', () => {
  const guarded = {
    certificates: 'own-ca',
    sso: { use: 'authelia', users: { ana: { email: 'ana@example.org' } } },
  };

  it.each([
    ['lets through who is signed on', 200, { pod: 'shop', host, path: '/cart', scheme: 'https' }],
    ['refuses who is not', 401, 401],
  ] as const)('%s', async (_, status, expected) => {
    const name = `guarded-${status}`;
    const objects = await rendered('gateway', name, guarded);
    await applyAll(objects);
    const { said, ask } = await running(objects, [{ name: 'sso', address: '10.244.0.13', port: 9091, status }]);
    const asked = (path: string) => ask('https', ports.https, host, path).catch((error: Error) => error.message);
    await vi.waitFor(async () => expect(await asked('/cart'), lastOf(said)).toEqual(expected), patience);
    // Another path of the host, which the file leaves open.
    expect(await asked('/metrics')).toMatchObject({ pod: 'metrics' });
    // Plain HTTP is sent to HTTPS and leads nowhere else.
    await vi.waitFor(
      async () => expect(await ask('http', ports.http, host, '/cart'), lastOf(said)).toBe(301),
      patience,
    );
  });
});

describe.skipIf(!canStartPods)('the address of the load balancer', () => {
  it.each(['ingress', 'gateway'] as const)('is that of every route, as soon as there is one: %s', async (routes) => {
    const name = `${routes}-address`;
    const objects = await rendered(routes, name);
    await applyAll(objects);
    const { said } = await running(objects);
    const path =
      routes === 'ingress'
        ? `/apis/networking.k8s.io/v1/namespaces/${name}/ingresses/${name}-shop`
        : `/apis/gateway.networking.k8s.io/v1/namespaces/${name}/gateways/${name}-ingress`;
    const status = async () => (await request(server, { method: 'GET', path })).body.status as Record<string, unknown>;
    expect(await status()).not.toMatchObject({ addresses: expect.anything() });

    const ingress = [{ ip: '203.0.113.9', ipMode: 'VIP' }];
    const { status: code } = await request(server, {
      method: 'PATCH',
      path: `/api/v1/namespaces/${name}/services/${name}-ingress-outside/status`,
      body: { status: { loadBalancer: { ingress } } },
      type: 'application/merge-patch+json',
    });
    expect(code).toBe(200);
    const expected =
      routes === 'ingress'
        ? { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } }
        : { addresses: [{ type: 'IPAddress', value: '203.0.113.9' }] };
    await vi.waitFor(async () => expect(await status(), lastOf(said)).toMatchObject(expected), patience);
    expect(complaints(said())).toEqual([]);
  });
});

describe.skipIf(!canStartPods)('without a binding of its rights', () => {
  it.each([
    ['ingress', 'RoleBinding', 'ingresses'],
    ['ingress', 'ClusterRoleBinding', 'ingressclasses'],
    ['traefik', 'RoleBinding', 'ingressroutes'],
    ['gateway', 'RoleBinding', 'httproutes'],
    ['gateway', 'ClusterRoleBinding', 'gatewayclasses'],
  ] as const)('routes by %s do not come and Traefik says why, until it is there: %s', async (routes, binding, what) => {
    const name = `${routes}-no-${binding.toLowerCase()}`;
    const objects = await rendered(routes, name);
    await applyAll(objects.filter(({ kind }) => kind !== binding));
    const { said, ask } = await running(objects);

    const user = `User \\\\?"system:serviceaccount:${name}:${name}-ingress\\\\?"`;
    const refused = new RegExp(`${user} cannot list resource \\\\?"${what}\\\\?"`);
    await vi.waitFor(() => expect(said()).toMatch(refused), patience);
    expect(await ask('http', ports.http, host, '/')).toBe(404);
    expect(complaints(said())).not.toEqual([]);

    await applyAll(objects.filter(({ kind }) => kind === binding));
    await vi.waitFor(async () => {
      const answer = await ask('http', ports.http, host, '/').catch((error: Error) => error.message);
      expect(answer, lastOf(said)).toMatchObject({ pod: 'shop' });
    }, patience);
  });
});

async function applyAll(objects: readonly KubernetesJson[]): Promise<void> {
  expect(objects).not.toEqual([]);
  for (const object of objects) {
    const { status, body } = await apply(server, object);
    expect([object.kind, object.metadata.name, status, body.message]).toEqual([
      object.kind,
      object.metadata.name,
      201,
      undefined,
    ]);
  }
}

async function rendered(
  routes: Cluster['routes'],
  name: string,
  guarded: object = {},
): Promise<readonly KubernetesJson[]> {
  const isGuarded = Object.keys(guarded).length > 0;
  const file = {
    ...guarded,
    name,
    domain: 'home.lan',
    target: 'kubernetes',
    cluster: { routes },
    // The newest that can be built here; it does not know every setting of the default one.
    ingress: { use: 'traefik', image: `traefik:${traefik().version}`, dashboard: { host: 'page', protect: 'none' } },
    services: {
      shop: { image: 'shop:1', port: others.shop.port, host: 'shop', protect: isGuarded ? 'sso' : 'none' },
      metrics: {
        image: 'metrics:1',
        port: others.metrics.port,
        host: { label: 'shop', path: '/metrics' },
        protect: 'none',
      },
    },
  };
  const bytes = Buffer.from(JSON.stringify(file));
  const made = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
  expect(made.diagnostics).toEqual([]);
  const manifests = made.rendered?.manifests ?? [];
  return manifests.filter(({ kind }) => kind !== 'Kustomization').map(({ text }) => parse(text) as KubernetesJson);
}

/** Traefik as the pod of the rendered Deployment, and the other pods as their controllers and kubelets would have them. */
async function running(objects: readonly KubernetesJson[], besides: PodSpec['others'] = []): Promise<RunningPod> {
  const names = Object.keys(others) as readonly Other[];
  for (const name of names) await putEndpoints(objects, name, true);
  const account = found(objects, 'ServiceAccount', 'ingress');
  const { 'traefik.yml': config = '', 'routes.yml': own } = found(objects, 'ConfigMap', 'ingress').data as Record<
    string,
    string
  >;
  const { namespace = '' } = account.metadata;
  const pods = [...names.map((name) => ({ name, ...others[name] })), ...besides];
  // What the name server of a cluster would say of Services.
  const hosts = pods.map(({ name, address }) => `${address} ${namespace}-${name}\n`).join('');
  pod = startPod(server, {
    program: traefik().path,
    token: await tokenOf(account),
    namespace,
    files: {
      '/etc/traefik/traefik.yml': config,
      ...(own === undefined ? {} : { '/etc/traefik/routes.yml': own }),
      '/etc/hosts': hosts,
    },
    ports: Object.values(ports),
    others: pods,
  });
  return pod;
}

function found(objects: readonly KubernetesJson[], kind: string, workload: string): KubernetesJson {
  const object = objects.find((each) => each.kind === kind && each.metadata.name.endsWith(`-${workload}`));
  if (object === undefined) throw new Error(`no ${kind} of ${workload} is rendered`);
  return object;
}

async function putEndpoints(objects: readonly KubernetesJson[], name: Other, ready: boolean): Promise<void> {
  const answer = await apply(server, endpointSlice(found(objects, 'Service', name), { ...others[name], ready }));
  expect([200, 201]).toContain(answer.status);
}

/** What the controller of endpoints would write for a Service with one pod. Loopback addresses are refused. */
function endpointSlice(
  { metadata, spec }: KubernetesJson,
  { address, port, ready }: { readonly address: string; readonly port: number; readonly ready: boolean },
): KubernetesJson {
  const { name, namespace = '' } = metadata;
  const { ports: served } = spec as { readonly ports: readonly { readonly name: string; readonly protocol: string }[] };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready, serving: ready, terminating: false } }],
    ports: served.map((each) => ({ name: each.name, protocol: each.protocol, port })),
  };
}

async function tokenOf({ metadata: { name, namespace } }: KubernetesJson): Promise<string> {
  const { status, body } = await request(server, {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  expect([status, body.message]).toEqual([201, undefined]);
  return (body.status as { readonly token: string }).token;
}

/** What Traefik says that is no mere news, but for a piece of advice that every start gives. */
function complaints(said: string): readonly string[] {
  return said
    .split('\n')
    .filter((line) => line !== '' && !/"level":"(?:info|debug)"/.test(line))
    .filter((line) => !line.includes('Traefik can reject some encoded characters'))
    .filter((line) => !line.includes('Error appending dashboard to API router'));
}

/** Conditions of a status that are true. */
function holding(status: unknown): readonly string[] {
  const { conditions = [] } = (status ?? {}) as { readonly conditions?: readonly Record<'type' | 'status', string>[] };
  return conditions.filter((each) => each.status === 'True').map(({ type }) => type);
}

const lastOf = (said: () => string) => said().slice(-3000);
