/** Nothing that is rendered for Kubernetes has a fault that schemas do not see, whatever the file asks for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { target } from '../../compiler/kubernetes/target.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, cases } from '../compiler/cases.ts';
import { faultsOf } from '../targets/kubernetes-faults.ts';
import { everything } from '../targets/kubernetes-platforms.ts';
import { home } from '../targets/platforms.ts';

function objectsIn(manifests: readonly { readonly kind: string; readonly text: string }[]) {
  return manifests.filter(({ kind }) => kind !== 'Kustomization').map(({ text }) => parse(text));
}

async function compiled(bytes: Uint8Array) {
  return compile({ file: 'autogit.yaml', bytes, catalog, targets, target: 'kubernetes' });
}

describe('no fault that a schema does not see', () => {
  it.each(cases())('is in $name', async (each) => {
    const { platform, rendered } = await compiled(bytesOf(each));
    if (platform === undefined) throw new Error(`${each.name} does not compile`);
    expect(faultsOf(objectsIn(rendered?.manifests ?? []), platform)).toEqual([]);
  });

  it.each(['ingress', 'traefik', 'gateway'] as const)(
    'is in a platform with everything and routes by %s',
    async (routes) => {
      const given = everything({ cluster: { namespace: 'home', version: '1.28', routes } });
      expect(faultsOf(objectsIn((await target.render(given)).manifests), given)).toEqual([]);
    },
  );

  it('is in any file that compiles', async () => {
    let rendered = 0;
    await fc.assert(
      fc.asyncProperty(files, async (file) => {
        const result = await compiled(Buffer.from(JSON.stringify(file)));
        if (result.platform === undefined) {
          for (const { code } of result.diagnostics) expect(code).toMatch(/^AG4/);
          return;
        }
        rendered += 1;
        expect(faultsOf(objectsIn(result.rendered?.manifests ?? []), result.platform)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(rendered).toBeGreaterThan(150);
  });
});

const ids = ['web', 'api', 'worker', 'migrate', 'config'] as const;
const path = fc.constantFrom('/data', '/srv/app', '/etc/app', '/var/lib/it', '/cache');
const secret = fc.constantFrom('key', 'token', 'smtp');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const service = fc.record(
  {
    image: fc.constantFrom('a/b:1', 'reg.example.org:5000/x:1.2.3', 'c@sha256:'.concat('0'.repeat(64)), 'd:_x'),
    command: fc.array(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 3 }),
    workingDirectory: path,
    port: fc.constantFrom(80, 3000, 8080),
    ports: fc.dictionary(
      fc.constantFrom('metrics', 'dns', 'a-very-long-one'),
      fc.oneof(
        fc.constantFrom(53, 9100, 9101),
        fc.record(
          {
            port: fc.constantFrom(53, 9102),
            protocol: fc.constantFrom('tcp', 'udp'),
            publish: fc.integer({ min: 30_000, max: 60_000 }),
          },
          { requiredKeys: ['port'] },
        ),
      ),
      { maxKeys: 3 },
    ),
    host: fc.constantFrom('a', 'b', 'c', 'd'),
    volumes: fc.dictionary(
      fc.constantFrom('data', 'config', 'secrets', 'tmpfs-0'),
      fc.record(
        {
          path,
          size: fc.constantFrom('1Gi', '1500Ki', '7Mi'),
          readOnly: fc.boolean(),
          external: fc.constantFrom('photos', 'films'),
        },
        { requiredKeys: ['path'] },
      ),
      { maxKeys: 2 },
    ),
    tmpfs: fc.uniqueArray(fc.constantFrom('/tmp', '/run'), { maxLength: 2 }),
    environment: fc.dictionary(
      fc.constantFrom('A', 'B_FILE', 'C'),
      fc.oneof(fc.string({ maxLength: 9 }), fc.integer(), fc.boolean()),
      { maxKeys: 3 },
    ),
    secrets: fc.uniqueArray(
      fc.oneof(secret, fc.record({ secret, path: fc.constantFrom('/etc/app/key', '/etc/app/tls/key') })),
      { maxLength: 2, selector: (each) => (typeof each === 'string' ? each : each.path) },
    ),
    needs: fc.oneof(
      fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom(...ids), fc.constantFrom('started', 'healthy', 'done'), { maxKeys: 2 }),
    ),
    schedule: fc.constantFrom('once', 'once', '0 3 * * 7', '*/5 * * * *'),
    replicas: fc.integer({ min: 1, max: 4 }),
    limits: fc.record({ cpus: fc.constantFrom(0.01, 0.333, 1, 16), memory: fc.constantFrom('6Mi', '7500Ki', '3Gi') }),
    gpu: fc.constantFrom('nvidia', 'amd', 'intel'),
    shm: fc.constantFrom('64Mi', '1500Ki'),
    user: fc.constantFrom('0:0', '1000:1000'),
    internet: fc.boolean(),
    aliases: fc.uniqueArray(fc.constantFrom('db', 'cache', 'kubernetes'), { maxLength: 2 }),
    extraHosts: fc.dictionary(fc.constantFrom('a.lan', 'b.lan'), fc.constantFrom('192.168.1.2', 'fd00::1'), {
      maxKeys: 2,
    }),
    hostNetwork: fc.boolean(),
    readOnly: fc.boolean(),
    capabilities: fc.uniqueArray(fc.constantFrom('CHOWN', 'NET_BIND_SERVICE', 'SYS_ADMIN'), { maxLength: 2 }),
    stateful: fc.boolean(),
    health: fc.constantFrom({ tcp: 9100 }, { exec: ['sh', '-c', 'true'] }, { http: '/healthz', port: 9100 }),
  },
  { requiredKeys: ['image'] },
);

/** Every loss is accepted, so that most files render. */
const files = fc
  .record({
    services: fc.dictionary(fc.constantFrom(...ids), service, { minKeys: 1, maxKeys: 4 }),
    database: maybe(fc.constant('postgres')),
    routes: fc.constantFrom('ingress', 'traefik', 'gateway'),
    version: fc.constantFrom('1.28', '1.33', '1.37'),
  })
  .map(({ services, database, routes, version }) => ({
    name: 'p',
    domain: 'home.lan',
    target: 'kubernetes',
    cluster: { routes, version },
    ...(database === undefined ? {} : { database }),
    services: Object.fromEntries(Object.entries(services).map(([id, each]) => [id, sensible(id, each, services)])),
    secrets: {
      key: { generate: {} },
      token: { env: 'TOKEN' },
      smtp: { kubernetes: { name: 'mail', key: 'password' } },
    },
    accept: Object.fromEntries(
      [505, 506, ...Array.from({ length: 30 }, (_, index) => 520 + index)].map((code) => [`AG${code}`, 'known']),
    ),
  }));

/** A service without what the checks of every file refuse, which is not what is tried here. */
function sensible(id: string, given: Service, services: Readonly<Record<string, Service>>): object {
  const { schedule, needs, host, port, ports, health, stateful, aliases = [], ...rest } = given;
  const numbers = new Set<number | undefined>([port]);
  const apart = Object.entries(ports ?? {}).filter(([, each]) => {
    const number = typeof each === 'number' ? each : each.port;
    return !numbers.has(number) && numbers.add(number);
  });
  const runsOn = {
    ...(host === undefined || port === undefined ? {} : { host: `${host}-${id}` }),
    port,
    ports: Object.fromEntries(apart),
    aliases: aliases.map((alias) => `${alias}-${id}`),
    health,
    stateful,
  };
  const job = { schedule, replicas: 1 };
  const found = { ...rest, ...(schedule === undefined ? runsOn : job), needs: needsOf(id, needs ?? [], services) };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

type Service = typeof service extends fc.Arbitrary<infer S> ? S : never;

/** Needs on services that the file has and that come later, so in no circle; the end is waited for of jobs alone. */
function needsOf(id: string, needs: NonNullable<Service['needs']>, services: Readonly<Record<string, Service>>) {
  const order: readonly string[] = ids;
  const fits = (other: string) => services[other] !== undefined && order.indexOf(other) > order.indexOf(id);
  if (isList(needs)) return needs.filter(fits);
  const entries = Object.entries(needs).filter(([other]) => fits(other));
  return Object.fromEntries(
    entries.map(([other]) => [other, services[other]?.schedule === 'once' ? 'done' : 'started']),
  );
}

function isList(needs: NonNullable<Service['needs']>): needs is (typeof ids)[number][] {
  return Array.isArray(needs);
}

describe('the list of faults', () => {
  const rendered = async () => objectsIn((await target.render(home())).manifests);
  const forge = (objects: readonly ReturnType<typeof parse>[]) =>
    objects.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'home-forge');
  // biome-ignore lint/suspicious/noExplicitAny: a rendered object that is broken on purpose.
  type Break = (set: any, objects: any[]) => void;
  it.each<[string, Break]>([
    [
      'is not in the labels of its pods',
      (set) => {
        set.spec.template.metadata.labels['app.kubernetes.io/component'] = 'x';
      },
    ],
    [
      'selects no pod',
      (_, objects) => {
        objects.find(({ kind }) => kind === 'Service').spec.selector = { a: 'b' };
      },
    ],
    [
      'has a port called',
      (_, objects) => {
        objects.find(({ kind }) => kind === 'Service').spec.ports[0].targetPort = 'x';
      },
    ],
    [
      'there is no ConfigMap',
      (_, objects) => {
        objects.splice(
          objects.findIndex(({ kind }) => kind === 'ConfigMap'),
          1,
        );
      },
    ],
    [
      'there is no ServiceAccount',
      (_, objects) => {
        objects.splice(
          objects.findIndex(({ kind }) => kind === 'ServiceAccount'),
          1,
        );
      },
    ],
    [
      'is there twice',
      (set) => {
        set.spec.template.spec.containers[0].env.push({ name: 'MOTTO', value: '' });
      },
    ],
    [
      "port 'ssh' is there twice",
      (set) => {
        set.spec.template.spec.containers[0].ports[0].name = 'ssh';
      },
    ],
    [
      'it requests 9Gi, and its limit is',
      (set) => {
        set.spec.template.spec.containers[0].resources.requests.memory = '9Gi';
      },
    ],
    [
      "'64MB' is no quantity",
      (set) => {
        set.spec.template.spec.containers[0].resources.limits.memory = '64MB';
      },
    ],
    [
      'runs as root, and must not',
      (set) => {
        set.spec.template.spec.securityContext.runAsUser = 0;
      },
    ],
    [
      'asks in 2 ways',
      (set) => {
        set.spec.template.spec.containers[0].readinessProbe.exec = { command: ['x'] };
      },
    ],
    [
      'the pod has no volume',
      (set) => {
        set.spec.volumeClaimTemplates = [];
      },
    ],
    [
      'there is no IngressClass',
      (_, objects) => {
        objects.splice(
          objects.findIndex(({ kind }) => kind === 'IngressClass'),
          1,
        );
      },
    ],
    [
      'is no value of a label',
      (set) => {
        set.metadata.labels.x = 'a'.repeat(64);
      },
    ],
    [
      'a name that no server takes',
      (set) => {
        set.metadata.name = 'A_b';
      },
    ],
    [
      "cannot have 'Never'",
      (set) => {
        set.spec.template.spec.restartPolicy = 'Never';
      },
    ],
  ])('has: %s', async (fault, breaks) => {
    const objects = await rendered();
    expect(faultsOf(objects, home())).toEqual([]);
    breaks(forge(objects), objects);
    expect(faultsOf(objects, home()).join('\n')).toContain(fault);
  });
});
