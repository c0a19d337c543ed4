import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkLeaves } from '../../compiler/kubernetes/synth.ts';
import { target } from '../../compiler/kubernetes/target.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import { home, platform, workload } from './platforms.ts';

// biome-ignore lint/suspicious/noExplicitAny: rendered files are read as the YAML that they are.
type Yaml = any;

/** The rendered files by path, below `kubernetes/`. */
async function filesOf(given: Platform): Promise<Readonly<Record<string, Yaml>>> {
  const { manifests } = await target.render(given);
  return Object.fromEntries(manifests.map(({ path, text }) => [path.slice('kubernetes/'.length), parse(text)]));
}

const codesOf = async (given: Platform) =>
  (await target.render(given)).findings.map(({ code, pointer }) => `${code} ${pointer}`);

it('writes a folder for each workload and a kustomization in apply order', async () => {
  const files = await filesOf(home());
  expect(files['kustomization.yaml'].resources).toEqual([
    'namespace-home.yaml',
    'networkpolicy-allow-dns.yaml',
    'networkpolicy-default-deny.yaml',
    'database/networkpolicy-home-database.yaml',
    'forge/networkpolicy-home-forge.yaml',
    'ingress/networkpolicy-home-ingress.yaml',
    'wiki/networkpolicy-home-wiki.yaml',
    'database/serviceaccount-home-database.yaml',
    'forge/serviceaccount-home-forge.yaml',
    'ingress/serviceaccount-home-ingress.yaml',
    'wiki/serviceaccount-home-wiki.yaml',
    'ingress/role-home-ingress.yaml',
    'ingress/rolebinding-home-ingress.yaml',
    'ingress/clusterrole-home-ingress.yaml',
    'ingress/clusterrolebinding-home-ingress.yaml',
    'forge/configmap-home-forge.yaml',
    'ingress/configmap-home-ingress.yaml',
    'database/service-home-database.yaml',
    'forge/service-home-forge.yaml',
    'forge/service-home-forge-outside.yaml',
    'ingress/service-home-ingress.yaml',
    'ingress/service-home-ingress-outside.yaml',
    'wiki/service-home-wiki.yaml',
    'ingress/deployment-home-ingress.yaml',
    'wiki/deployment-home-wiki.yaml',
    'database/statefulset-home-database.yaml',
    'forge/statefulset-home-forge.yaml',
    'ingress/ingressclass-home-ingress.yaml',
    'forge/ingress-home-forge.yaml',
    'wiki/ingress-home-wiki.yaml',
  ]);
});

describe('network policies', () => {
  it('deny everything by default and let every pod ask the DNS of the cluster', async () => {
    const files = await filesOf(home());
    expect(files['networkpolicy-default-deny.yaml'].spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    expect(files['networkpolicy-allow-dns.yaml'].spec.egress[0].ports).toEqual([
      { port: 53, protocol: 'TCP' },
      { port: 53, protocol: 'UDP' },
    ]);
  });

  it('open each link at both ends, on its port alone', async () => {
    const files = await filesOf(home());
    const pods = (component: string) => ({
      podSelector: {
        matchLabels: { 'app.kubernetes.io/component': component, 'app.kubernetes.io/instance': 'home' },
      },
    });
    expect(files['database/networkpolicy-home-database.yaml'].spec).toEqual({
      ...pods('database'),
      policyTypes: ['Ingress'],
      ingress: [{ from: [pods('forge')], ports: [{ port: 5432, protocol: 'TCP' }] }],
    });
    expect(files['forge/networkpolicy-home-forge.yaml'].spec.egress).toEqual([
      { to: [pods('database')], ports: [{ port: 5432, protocol: 'TCP' }] },
    ]);
  });

  it('let the Internet in on published ports, and a workload out to public addresses only', async () => {
    const files = await filesOf(home());
    expect(files['ingress/networkpolicy-home-ingress.yaml'].spec.ingress).toEqual([
      {
        ports: [
          { port: 8000, protocol: 'TCP' },
          { port: 8443, protocol: 'TCP' },
        ],
      },
    ]);
    const [toInternet] = files['wiki/networkpolicy-home-wiki.yaml'].spec.egress;
    expect(toInternet.to[0].ipBlock.cidr).toBe('0.0.0.0/0');
    expect(toInternet.to[0].ipBlock.except).toContain('169.254.0.0/16');
    expect(toInternet.to[0].ipBlock.except).toContain('192.168.0.0/16');
  });
});

describe('pods', () => {
  const podOf = async (given: Platform, path: string) => (await filesOf(given))[path].spec.template;

  it('of a database keep their claims: a stateful set with templates and a frozen selector', async () => {
    const { spec } = (await filesOf(home()))['database/statefulset-home-database.yaml'];
    expect(spec.selector.matchLabels).toEqual({
      'app.kubernetes.io/component': 'database',
      'app.kubernetes.io/instance': 'home',
    });
    expect(spec.serviceName).toBe('home-database');
    expect(spec.volumeClaimTemplates[0].metadata.name).toBe('data');
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('10Gi');
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  });

  it('are alive as long as their port answers, whatever their health check says of a database', async () => {
    const [container] = (await podOf(home(), 'forge/statefulset-home-forge.yaml')).spec.containers;
    expect(container.readinessProbe.httpGet).toEqual({ path: '/api/healthz', port: 3000, scheme: 'HTTP' });
    expect(container.livenessProbe.tcpSocket).toEqual({ port: 3000 });
    expect(container.startupProbe).toMatchObject({ tcpSocket: { port: 3000 }, periodSeconds: 5, failureThreshold: 12 });
  });

  it('wait for what they need until its Service has a ready pod', async () => {
    const { initContainers } = (await podOf(home(), 'forge/statefulset-home-forge.yaml')).spec;
    expect(initContainers).toHaveLength(1);
    expect(initContainers[0].command.at(-1)).toBe('until nc -z -w 2 home-database 5432; do sleep 1; done');
  });

  it('get every `$` as it is written: Kubernetes expands `$(NAME)`', async () => {
    const [container] = (await podOf(home(), 'forge/statefulset-home-forge.yaml')).spec.containers;
    const motto = container.env.find(({ name }: { name: string }) => name === 'MOTTO');
    expect(motto.value).toBe('costs $$5, not $${FIVE}, $$(FIVE) or $$$$');
  });

  it('find each secret at the path that it has on Compose', async () => {
    const { spec } = await podOf(home(), 'wiki/deployment-home-wiki.yaml');
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: 'secrets', mountPath: '/run/secrets/wiki-token', subPath: 'wiki-token', readOnly: true },
    ]);
    expect(spec.volumes[0].projected.sources).toEqual([
      { secret: { name: 'home-wiki-token', items: [{ key: 'value', path: 'wiki-token' }] } },
    ]);
  });

  it('restart when their config changes, and only then', async () => {
    const changed = home();
    const configs = changed.configs.map((config) => (config.id === 'forge-app' ? { ...config, text: 'x' } : config));
    const digest = async (given: Platform, path: string) =>
      (await podOf(given, path)).metadata.annotations['autogit.dev/config-digest'];
    const [forge, ingress] = ['forge/statefulset-home-forge.yaml', 'ingress/deployment-home-ingress.yaml'] as const;
    expect(await digest({ ...changed, configs }, forge)).not.toBe(await digest(home(), forge));
    expect(await digest({ ...changed, configs }, ingress)).toBe(await digest(home(), ingress));
  });

  it('have the token of the API only when they have rules for it', async () => {
    const ingress = await podOf(home(), 'ingress/deployment-home-ingress.yaml');
    const wiki = await podOf(home(), 'wiki/deployment-home-wiki.yaml');
    expect([ingress.spec.automountServiceAccountToken, wiki.spec.automountServiceAccountToken]).toEqual([true, false]);
  });

  it('may read Secrets of their own namespace alone: only kinds without a namespace are opened in the whole cluster', async () => {
    const files = await filesOf(home());
    const resources = (path: string) => files[path].rules.flatMap((rule: Yaml) => rule.resources);
    expect(resources('ingress/role-home-ingress.yaml')).toEqual(['secrets', 'ingresses']);
    expect(resources('ingress/clusterrole-home-ingress.yaml')).toEqual(['ingressclasses']);
    expect(files['ingress/role-home-ingress.yaml'].metadata.namespace).toBe('home');
    expect(files['ingress/clusterrole-home-ingress.yaml'].metadata.namespace).toBeUndefined();
  });

  it('start first, unless they share a volume that one node mounts', async () => {
    const volumes = [{ id: 'web-files', workload: 'web', origin: '', sizeBytes: 2 ** 30 }];
    const mounts = [{ kind: 'volume' as const, volume: 'web-files', path: '/files', readOnly: false }];
    const files = await filesOf(platform({ volumes, workloads: [workload('api'), workload('web', { mounts })] }));
    expect(files['api/deployment-home-api.yaml'].spec.strategy.rollingUpdate).toEqual({
      maxSurge: 1,
      maxUnavailable: 0,
    });
    expect(files['web/deployment-home-web.yaml'].spec.strategy).toEqual({ type: 'Recreate' });
    expect(files['web/persistentvolumeclaim-home-web-files.yaml'].spec.accessModes).toEqual(['ReadWriteOnce']);
  });
});

describe('Pod Security', () => {
  const user = { uid: 1000, gid: 1000 };
  it.each([
    ['restricted', 'a numeric user', { user }],
    ['restricted', 'a port below 1024', { user, capabilities: ['NET_BIND_SERVICE'] }],
    ['baseline', "the image's own user", {}],
    ['baseline', 'root', { user: { uid: 0, gid: 0 } }],
    ['baseline', 'a harmless capability', { user, capabilities: ['CHOWN'] }],
    ['privileged', 'a mighty capability', { user, capabilities: ['SYS_ADMIN'] }],
  ])('%s is what the namespace enforces for %s', async (level, _, parts) => {
    const files = await filesOf(platform({ workloads: [workload('tight', { user }), workload('web', parts)] }));
    expect(files['namespace-home.yaml'].metadata.labels['pod-security.kubernetes.io/enforce']).toBe(level);
    const annotation =
      files['web/deployment-home-web.yaml'].spec.template.metadata.annotations['autogit.dev/pod-security'];
    if (level === 'restricted') expect(annotation).toBeUndefined();
    else expect(annotation).toContain(`${level}: `);
  });
});

describe('every rendered file', () => {
  it('holds no secret, no null, no status, and says where it comes from', async () => {
    const { manifests } = await target.render(home());
    for (const { kind, text, path } of manifests) {
      expect(text, path).not.toMatch(/kind: Secret\b|: null\b|^status:|creationTimestamp/m);
      if (kind !== 'Kustomization')
        expect(parse(text).metadata.annotations['autogit.dev/source']).toMatch(/^autogit.yaml#/);
    }
  });

  it('is the same whatever the environment says to cdk8s', async () => {
    const before = await target.render(home());
    const settings = ['CDK8S_DISABLE_SORT', 'CDK8S_LEGACY_HASH', 'CDK8S_OUTDIR', 'CDK8S_RECORD_CONSTRUCT_METADATA'];
    for (const name of settings) process.env[name] = 'true';
    try {
      expect(await target.render(home())).toEqual(before);
    } finally {
      for (const name of settings) delete process.env[name];
    }
  });
});

describe('what Kubernetes cannot say', () => {
  it('the address of a published port, and a stop signal', async () => {
    const ports = home().workloads.find(({ id }) => id === 'forge')?.ports ?? [];
    const given = platform({ workloads: [workload('web', { ports, stopSignal: 'SIGINT' })] });
    expect(await codesOf(given)).toEqual(['AG505 /forge/ssh/port', 'AG506 /services/web/stop/signal']);
    expect(await codesOf({ ...given, accept: { AG505: 'one node', AG506: 'harmless' } })).toEqual([]);
  });

  it('two objects of one name: nothing is rendered, both places are named', async () => {
    const ports = [{ name: 'http', port: 80, protocol: 'tcp' as const, publish: { port: 80 }, origin: '' }];
    const given = platform({ workloads: [workload('web', { ports }), workload('web-outside', { ports })] });
    const { findings, manifests } = await target.render(given);
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      ['AG504', 'two objects would be called Service/home/home-web-outside'],
    ]);
    expect(manifests).toEqual([]);
  });
});

describe('the leaf check', () => {
  const given = { spec: { replicas: 1, list: ['a', { b: 1 }], empty: {}, gone: undefined } };
  it.each([
    ['a lost field', { spec: { list: ['a', { b: 1 }], empty: {} } }, '/spec/replicas'],
    ['a changed field', { spec: { replicas: '1', list: ['a', { b: 1 }], empty: {} } }, '/spec/replicas'],
    ['a lost list item', { spec: { replicas: 1, list: ['a'], empty: {} } }, '/spec/list/1'],
    ['a field from nowhere', { spec: { replicas: 1, list: ['a', { b: 1, c: 2 }], empty: {} } }, '/spec/list/1/c'],
    ['an empty map made a list', { spec: { replicas: 1, list: ['a', { b: 1 }], empty: [] } }, '/spec/empty'],
  ])('finds %s', (_, made, path) => {
    expect(() => checkLeaves('Deployment web', given, made)).toThrow(`Deployment web: ${path} was lost or changed`);
  });

  it('lets an equal object pass', () => {
    checkLeaves('Deployment web', given, { spec: { replicas: 1, list: ['a', { b: 1 }], empty: {} } });
  });
});

it('renders a platform without workloads as its namespace and policies', async () => {
  const files = await filesOf(platform());
  expect(Object.keys(files)).toEqual([
    'namespace-home.yaml',
    'networkpolicy-allow-dns.yaml',
    'networkpolicy-default-deny.yaml',
    'kustomization.yaml',
  ]);
});
