import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, cases } from '../compiler/cases.ts';
import { machineFile } from '../targets/machine-file.ts';
import { projectFaults } from './project-faults.ts';

async function compiled(bytes: Uint8Array) {
  const { diagnostics, rendered, platform } = await compile({
    file: 'autogit.yaml',
    bytes,
    catalog,
    targets,
    target: 'compose',
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const faults =
    platform === undefined ? [] : (rendered?.projects ?? []).flatMap((project) => projectFaults(project, platform));
  return { errors, faults, platform, projects: rendered?.projects ?? [] };
}

describe.each([
  ...cases().map((each) => ({ name: each.name, bytes: bytesOf(each) })),
  { name: 'every field of a service', bytes: new TextEncoder().encode(machineFile) },
])('the projects of $name', ({ bytes }) => {
  it('have no fault that checkers of Compose files let pass', async () => {
    expect((await compiled(bytes)).faults).toEqual([]);
  });
});

describe('a fault that is planted in a sound project is found', () => {
  type Services = Record<string, Record<string, unknown>>;
  it.each<readonly [string, (services: Services) => void]>([
    [
      "service 'web'/tmpfs/0: two things are mounted at /data",
      ({ web }) => Object.assign(web ?? {}, { tmpfs: ['/data'] }),
    ],
    [
      "service 'queue'/ports/0/published: port 53/udp of the host is taken by service 'web'",
      ({ queue, web }) => Object.assign(queue ?? {}, { ports: web?.ports }),
    ],
    [
      "service 'web'/depends_on/cache-a: service 'cache-a' has no health check, so it never gets healthy",
      (services) => delete services['cache-a']?.healthcheck,
    ],
    [
      "service 'web'/depends_on/migrate: service 'migrate' never ends",
      ({ migrate }) => Object.assign(migrate ?? {}, { restart: 'unless-stopped' }),
    ],
    [
      "service 'web'/depends_on/migrate: service 'migrate' comes at its times alone",
      ({ migrate }) => Object.assign(migrate ?? {}, { profiles: ['jobs'] }),
    ],
    [
      "service 'web'/networks: service 'queue' is on none of its networks",
      ({ queue }) => Object.assign(queue ?? {}, { networks: { 'queue-alone': { aliases: [] } } }),
    ],
    [
      "service 'web'/networks/ingress-web/aliases/0: service 'ingress' answers to ingress on this network",
      ({ web }) => Object.assign(web ?? {}, { networks: { 'ingress-web': { aliases: ['ingress'] } } }),
    ],
    [
      "service 'web'/extra_hosts/queue: queue is a service on network 'web-queue', which this line hides",
      ({ web }) => Object.assign(web ?? {}, { extra_hosts: { queue: '10.0.0.1' } }),
    ],
    [
      "service 'web'/environment/A B: 'A B' is no name of a variable",
      ({ web }) => Object.assign(web ?? {}, { environment: { 'A B': '' } }),
    ],
    ['web: image NGINX::1', ({ web }) => Object.assign(web ?? {}, { image: 'NGINX::1' })],
    [
      "service 'web'/ulimits/nofile: the soft limit is above the hard one",
      ({ web }) => Object.assign(web ?? {}, { ulimits: { nofile: { soft: 2, hard: 1 } } }),
    ],
    [
      'web: no volumes d',
      ({ web }) => Object.assign(web ?? {}, { volumes: [{ type: 'volume', source: 'd', target: '/d' }] }),
    ],
    ["volume 'web-data': no service uses it", ({ web }) => delete web?.volumes],
  ])('%s', async (words, plant) => {
    const { projects, platform } = await compiled(new TextEncoder().encode(machineFile));
    const [project] = structuredClone(projects.filter(({ host }) => host === 'big'));
    if (project === undefined || platform === undefined) throw new Error('the file does not compile');
    plant(project.model.services as unknown as Services);
    expect(projectFaults(project, platform)).toContain(words);
  });
});

/** Few names, ports and paths, so that services get into each other's way. */
const id = fc.constantFrom('a', 'b', 'a-b', 'cc', 'outside');
const path = fc.constantFrom('/data', '/data/in', '/etc/x', '/run/secrets/key', '/tmp');
const port = fc.constantFrom(80, 53, 9000);
const name = fc.constantFrom('a', 'b', 'alias', 'home-a', 'cc');
const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const volume = fc.oneof(
  path,
  fc.record({ path, readOnly: fc.boolean() }),
  fc.record({ path, hostPath: fc.constantFrom('/srv/a', '/srv/b'), readOnly: fc.boolean() }),
  fc.record({ path, external: fc.constantFrom('x1', 'legacy') }),
);

const service = fc.record(
  {
    image: fc.constantFrom('nginx:1', 'ghcr.io/x/y:2', 'NGINX::1', 'a b'),
    port,
    ports: fc.dictionary(
      fc.constantFrom('one', 'two'),
      fc.oneof(
        port,
        fc.record({ port, publish: port }),
        fc.record({
          port,
          protocol: fc.constant('udp'),
          publish: fc.record({ port, address: fc.constantFrom('127.0.0.1', '0.0.0.0') }),
        }),
      ),
      { maxKeys: 2 },
    ),
    host: fc.constantFrom('x', 'y'),
    volumes: fc.dictionary(fc.constantFrom('v', 'w', 'b-v'), volume, { maxKeys: 2 }),
    tmpfs: fc.uniqueArray(path, { maxLength: 2 }),
    configs: fc.dictionary(fc.constantFrom('x.conf', 'y'), fc.record({ path, text: fc.constant('t') }), { maxKeys: 2 }),
    environment: fc.dictionary(
      fc.constantFrom('A', 'B_FILE', 'a b'),
      fc.oneof(fc.constant('$x'), fc.constant({ secret: 'key' })),
      {
        maxKeys: 2,
      },
    ),
    secrets: fc.uniqueArray(fc.oneof(fc.constant('key'), fc.record({ secret: fc.constant('key'), path })), {
      maxLength: 2,
    }),
    health: fc.oneof(fc.constant({ tcp: true }), fc.constant({ exec: ['true'] })),
    needs: fc.dictionary(id, fc.constantFrom('started', 'healthy', 'done'), { maxKeys: 2 }),
    schedule: fc.constantFrom('once', '0 3 * * *'),
    replicas: fc.constantFrom(1, 2),
    gpu: fc.constantFrom('nvidia', 'amd'),
    shm: fc.constant('64Mi'),
    ulimits: fc.constantFrom({ nofile: 10 }, { nofile: { soft: 10, hard: 5 } }, { nofile: { soft: -1, hard: 5 } }),
    sysctls: fc.constantFrom({ 'net.core.somaxconn': 1 }, { 'vm.swappiness': 1 }),
    aliases: fc.uniqueArray(name, { maxLength: 2 }),
    extraHosts: fc.dictionary(name, fc.constant('10.0.0.1'), { maxKeys: 1 }),
    hostNetwork: fc.boolean(),
    internet: fc.boolean(),
    placement: fc.constantFrom('one', 'two'),
  },
  { requiredKeys: ['image'] },
);

/** Mostly fields that are not there: a file with a mistake in each says nothing about the others. */
const sparse = fc.tuple(service, fc.array(fc.nat(25), { minLength: 1, maxLength: 4 })).map(([whole, keep]) => {
  const keys = Object.keys(whole);
  const kept = new Set(keep.map((index) => keys[index % keys.length]));
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key === 'image' || kept.has(key)));
});

const file = fc.record({
  ingress: perhaps(fc.constant('traefik')),
  services: fc.dictionary(id, sparse, { minKeys: 1, maxKeys: 4 }),
});

it('whatever is asked: what Compose would do wrong in silence is never rendered without an error at its line', async () => {
  const seen = { sound: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(file, async (parts) => {
      const hosts = {
        one: { engine: 'unix:///var/run/docker.sock', gpus: { nvidia: { count: 8 }, amd: { count: 8 } } },
        two: 'ssh://ops@two.lan',
      };
      const accept = { AG501: 'x', AG502: 'x', AG550: 'x', AG555: 'x' };
      const whole = { name: 'home', domain: 'home.lan', hosts, ...parts, secrets: { key: { env: 'KEY' } }, accept };
      const { errors, faults } = await compiled(new TextEncoder().encode(JSON.stringify(whole)));
      seen[errors.length === 0 ? 'sound' : 'refused'] += 1;
      if (errors.length === 0) expect(faults).toEqual([]);
    }),
    { numRuns: 1500 },
  );
  expect(Math.min(seen.sound, seen.refused)).toBeGreaterThan(30);
});
