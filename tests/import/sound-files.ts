import fc from 'fast-check';

/** Services of a file, each of which may need those before it. */
const ids = ['api', 'b-1', 'cc', 'web', 'z'] as const;

type Entry = readonly [string, unknown];

const perhaps = (key: string, value: fc.Arbitrary<unknown>, weight = 4): fc.Arbitrary<readonly Entry[]> =>
  fc.oneof(
    { weight, arbitrary: fc.constant([] as readonly Entry[]) },
    { weight: 1, arbitrary: value.map((each): readonly Entry[] => [[key, each]]) },
  );

const jobs = fc.constantFrom<unknown>('once', { at: 'once', timeout: '90m', retries: 2 }, '*/5 * * * *', {
  at: '0 3 * * *',
  timezone: 'Europe/Madrid',
  timeout: '30m',
});

/** Ports are numbered by the service, so that two never publish the same one. */
function portsOf(index: number): fc.Arbitrary<unknown> {
  const published = (name: string, protocol: string, more: object) => [
    name,
    { port: 9000, protocol, publish: { port: 20_000 + 10 * index + name.length, ...more } },
  ];
  return fc
    .subarray<readonly unknown[]>(
      [
        ['admin', 9000],
        ['dns', { port: 53, protocol: 'udp' }],
        published('in', 'tcp', {}),
        published('out', 'udp', { address: '127.0.0.1' }),
        ['ipv4', { port: 9100, publish: { port: 20_009 + 10 * index, address: '0.0.0.0' } }],
      ],
      { maxLength: 3 },
    )
    .filter((chosen) => !chosen.some(([name]) => name === 'admin') || !chosen.some(([name]) => name === 'in'))
    .map((chosen) => Object.fromEntries(chosen as [string, unknown][]));
}

const volumes = fc
  .subarray<readonly [string, unknown]>([
    ['data', '/data'],
    ['b-data', { path: '/more', readOnly: true }],
    ['media', { path: '/media', hostPath: '/srv/media', readOnly: true }],
    ['old', { path: '/old', external: 'legacy_data' }],
  ])
  .map((chosen) => Object.fromEntries(chosen));

const configs = fc
  .subarray<readonly [string, unknown]>([
    ['app.conf', { path: '/etc/app/app.conf', text: 'price = $5\n' }],
    ['Rules', { path: '/etc/rules', text: 'allow: [api]\n' }],
  ])
  .map((chosen) => Object.fromEntries(chosen));

function serviceOf(index: number): fc.Arbitrary<readonly Entry[]> {
  const parts = [
    perhaps('port', fc.constantFrom(80, 8080), 1),
    perhaps('ports', portsOf(index), 2),
    perhaps('volumes', volumes),
    perhaps('configs', configs),
    perhaps('tmpfs', fc.subarray(['/run', '/tmp', '/var/cache/x'])),
    perhaps(
      'environment',
      fc.constantFrom({ A: '$x', B: '' }, { KEY_FILE: { secret: 'key' } }, { T: { secret: 'a-b' } }),
    ),
    perhaps('secrets', fc.constantFrom(['key'], [{ secret: 'key', path: '/etc/key' }, 'other'])),
    perhaps(
      'health',
      fc.constantFrom({ exec: ['true', '$x'] }, { tcp: 7000, interval: '10s' }, { http: '/', port: 81 }),
      2,
    ),
    perhaps('schedule', jobs, 5),
    perhaps('replicas', fc.constant(3)),
    perhaps('gpu', fc.constantFrom<unknown>('nvidia', 'amd', { vendor: 'nvidia', count: 2 }), 5),
    perhaps('shm', fc.constantFrom('64Mi', '1Gi')),
    perhaps('ulimits', fc.constantFrom({ nofile: 10 }, { nofile: { soft: 10, hard: 20 }, memlock: -1 })),
    perhaps('sysctls', fc.constant({ 'net.core.somaxconn': 1024 })),
    perhaps('aliases', fc.subarray([`alias-${index}`, `other-${index}`])),
    perhaps('extraHosts', fc.constantFrom({ 'printer.lan': '10.0.0.1' }, { six: 'fd00::1' })),
    perhaps('hostNetwork', fc.boolean(), 12),
    perhaps('internet', fc.boolean()),
    perhaps('entrypoint', fc.constantFrom(['/bin/sh', '-c'], ['$x'])),
    perhaps('command', fc.constantFrom(['run', 'a b'], ['echo $HOME', "it's", ''])),
    perhaps('workingDirectory', fc.constant('/srv/app')),
    perhaps('limits', fc.constantFrom<unknown>({ cpus: 0.25 }, { memory: '1536Mi' }, { cpus: 3, memory: '64Mi' })),
    perhaps('user', fc.constantFrom('1000:1000', '0:0', '70:0')),
    perhaps('readOnly', fc.boolean()),
    perhaps('capabilities', fc.subarray(['NET_ADMIN', 'CHOWN'])),
    perhaps('devices', fc.subarray(['/dev/ttyUSB0', '/dev/dri/card0'])),
    perhaps('stop', fc.constantFrom({ grace: '90s' }, { signal: 'SIGINT' }, { grace: '0s' })),
    perhaps('init', fc.boolean()),
    perhaps('needs', fc.subarray(ids.slice(0, index)), 1),
  ];
  return fc.tuple(...parts).map((chosen) => chosen.flat());
}

/** A condition that the needed one can meet. */
function condition(other: Readonly<Record<string, unknown>>, chance: number): string {
  const { schedule } = other;
  const at = typeof schedule === 'object' ? (schedule as { readonly at: string }).at : schedule;
  if (at === 'once') return chance % 2 === 0 ? 'done' : 'started';
  return chance % 2 === 0 && at === undefined && other.health !== undefined ? 'healthy' : 'started';
}

/** Files that mostly compile, with every field of a service that a Compose file shows, on one host with GPUs. */
export const soundFiles = fc
  .tuple(
    fc.tuple(...ids.map((_, index) => serviceOf(index))),
    fc.subarray([...ids], { minLength: 1 }),
    fc.array(fc.nat(3), { minLength: 20, maxLength: 20 }),
    fc.constantFrom('exclusive', 'shared'),
  )
  .map(([all, wanted, chances, mode]) => {
    const services = Object.fromEntries(
      ids.flatMap((id, index) =>
        wanted.includes(id) ? [[id, { image: `${id}:1`, ...Object.fromEntries(all[index] ?? []) }]] : [],
      ),
    ) as Record<string, Record<string, unknown>>;
    for (const [id, service] of Object.entries(services)) {
      // Nobody can reach a job, nor what is on the network of the host by a link.
      if (service.schedule !== undefined)
        for (const key of ['port', 'ports', 'health', 'hostNetwork']) delete service[key];
      const needs = ((service.needs ?? []) as readonly string[]).filter((other) => wanted.includes(other as never));
      const conditions = needs.map((other, index) => {
        const chance = chances[(index + id.length) % chances.length] ?? 0;
        return [other, condition(services[other] ?? {}, chance)];
      });
      service.needs = (chances[0] ?? 0) > 1 ? needs : Object.fromEntries(conditions);
    }
    return {
      name: 'home',
      domain: 'home.lan',
      hosts: {
        one: {
          engine: 'unix:///var/run/docker.sock',
          memory: '64Gi',
          gpus: { nvidia: { count: 16, mode }, amd: { count: 16 } },
        },
      },
      services,
      secrets: { key: { env: 'KEY' }, other: { file: '/etc/other' }, 'a-b': { env: 'A_B' } },
      accept: { AG501: 'x', AG550: 'x', AG555: 'x' },
    };
  });
