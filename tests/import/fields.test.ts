import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serviceKeys } from '../../compiler/import/service/keys.ts';
import { compiled, importText } from './run-import.ts';

/** The one service of a platform made from the keys of one Compose service. */
function service(keys: string, top = ''): Record<string, unknown> {
  const text = `services:\n  db: { image: postgres }\n  web:\n    image: a/b:1\n${keys.replace(/^/gm, '    ')}\n${top}`;
  return parse(importText(text).text).services.web;
}

function rows(keys: string, top = '') {
  const text = `services:\n  web:\n    image: a/b:1\n${keys.replace(/^/gm, '    ')}\n${top}`;
  return importText(text).report.rows.filter(({ path }) => path !== 'services.web.image');
}

describe('a field arrives with its meaning at run time', () => {
  it.each([
    [
      'a shell stays a shell',
      'healthcheck: { test: "curl -f x || exit 1" }',
      'health.exec',
      ['/bin/sh', '-c', 'curl -f x || exit 1'],
    ],
    ['so does CMD-SHELL', 'healthcheck: { test: [CMD-SHELL, "a | b"] }', 'health.exec', ['/bin/sh', '-c', 'a | b']],
    ['CMD stays words', 'healthcheck: { test: [CMD, a, "b c"] }', 'health.exec', ['a', 'b c']],
    ['durations keep their length', 'healthcheck: { test: [CMD, a], interval: 1m30s }', 'health.interval', '90s'],
    ['Compose’s own default is written out', 'healthcheck: { test: [CMD, a] }', 'health.timeout', '30s'],
    ['a line is split into words', `command: run "a b" 'c d' e\\ f`, 'command', ['run', 'a b', 'c d', 'e f']],
    ['a doubled dollar is one', 'command: [echo, $$HOME]', 'command', ['echo', '$HOME']],
    [
      'a port stays bound to its address',
      'ports: ["127.0.0.1:8080:80"]',
      'ports.tcp-80.publish',
      { port: 8080, address: '127.0.0.1' },
    ],
    ['an IPv6 address too', 'ports: ["[::1]:8080:80"]', 'ports.tcp-80.publish', { port: 8080, address: '::1' }],
    ['udp stays udp', 'ports: ["53:53/udp"]', 'ports.udp-53', { port: 53, protocol: 'udp', publish: 53 }],
    [
      'the long form of a port',
      'ports: [{ target: 80, published: "8080", host_ip: 10.0.0.1 }]',
      'ports.tcp-80.publish',
      { port: 8080, address: '10.0.0.1' },
    ],
    [
      'a folder of the host stays where it is',
      'volumes: ["./data:/data:ro"]',
      'volumes.data',
      { path: '/data', readOnly: true, hostPath: '/srv/app/data' },
    ],
    ['~ is the home folder', 'volumes: ["~/x:/x"]', 'volumes.x.hostPath', '/home/ops/x'],
    ['a need waits for what it waited for', 'depends_on: { db: { condition: service_started } }', 'needs', ['db']],
    ['a host network', 'network_mode: host', 'hostNetwork', true],
    ['devices', 'devices: ["/dev/ttyUSB0:/dev/ttyUSB0"]', 'devices', ['/dev/ttyUSB0']],
    [
      'a GPU',
      'deploy: { resources: { reservations: { devices: [{ driver: nvidia, count: 2, capabilities: [gpu] }] } } }',
      'gpu',
      { vendor: 'nvidia', count: 2 },
    ],
    [
      'limits',
      'deploy: { resources: { limits: { cpus: "0.5", memory: 1.5G } } }',
      'limits',
      { cpus: 0.5, memory: '1536Mi' },
    ],
    ['old limits', 'mem_limit: 512m\ncpus: 2', 'limits', { cpus: 2, memory: '512Mi' }],
    [
      'ulimits',
      'ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 3 }',
      'ulimits',
      { nofile: { soft: 1, hard: 2 }, nproc: 3 },
    ],
    ['sysctls as a list', 'sysctls: [net.core.somaxconn=1024]', 'sysctls', { 'net.core.somaxconn': '1024' }],
    ['shared memory', 'shm_size: 256m', 'shm', '256Mi'],
    ['hosts', 'extra_hosts: ["printer.lan:10.0.0.9"]', 'extraHosts', { 'printer.lan': '10.0.0.9' }],
    ['a signal and a grace', 'stop_signal: SIGINT\nstop_grace_period: 1m', 'stop', { grace: '1m', signal: 'SIGINT' }],
    ['a user', 'user: "1000:1000"', 'user', '1000:1000'],
    ['a user that is not root needs no capability', 'user: "1000:1000"', 'capabilities', undefined],
    [
      'capabilities that were dropped and added',
      'cap_drop: [ALL]\ncap_add: [CAP_NET_ADMIN]',
      'capabilities',
      ['NET_ADMIN'],
    ],
    ['a working folder', 'working_dir: /srv/', 'workingDirectory', '/srv'],
    ['memory as a folder', 'tmpfs: /run', 'tmpfs', ['/run']],
  ])('%s', (_, keys, path, wanted) => {
    const found = path
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], service(keys));
    expect(found).toEqual(wanted);
  });

  it('a secret lands where its target says', () => {
    const top = 'secrets: { key: { file: ./key.txt } }';
    expect(service('secrets: [{ source: key, target: /k/v }]', top).secrets).toEqual([{ secret: 'key', path: '/k/v' }]);
    expect(service('secrets: [{ source: key, target: v }]', top).secrets).toEqual([
      { secret: 'key', path: '/run/secrets/v' },
    ]);
    expect(service('secrets: [key]', top).secrets).toEqual(['key']);
  });

  it('an external volume is not a new one', () => {
    const top = 'volumes: { photos: { external: true, name: all-photos } }';
    expect(service('volumes: ["photos:/p"]', top).volumes).toEqual({ photos: { path: '/p', external: 'all-photos' } });
  });

  it('a volume of two services is one', () => {
    const text =
      'services: { a: { image: x/a, volumes: ["v:/d"] }, b: { image: x/b, volumes: ["v:/e"] } }\nvolumes: { v: }';
    const { services } = parse(importText(text).text);
    expect([services.a.volumes.v.external, services.b.volumes.v.external]).toEqual(['app_v', 'app_v']);
  });

  it('a service that others wait to complete is a job', () => {
    const text =
      'services: { web: { image: x/a, depends_on: { init: { condition: service_completed_successfully } } }, init: { image: x/b } }';
    const { services } = parse(importText(text).text);
    expect(services.init.schedule).toBe('once');
    expect(services.web.needs).toEqual({ init: 'done' });
  });

  it.each([
    ['"no"', 'once', 'taken', undefined],
    ['on-failure:3', { at: 'once', retries: 3 }, 'taken', undefined],
    ['on-failure', { at: 'once', retries: 20 }, 'changed', /tried again 20 times at most/],
    ['always', 'once', 'changed', /it is a job/],
  ])('the restart of a job, %s, says how often it is tried again', (restart, schedule, fate, why) => {
    const text = `services:
  web: { image: x/a, depends_on: { init: { condition: service_completed_successfully } } }
  init: { image: x/b, restart: ${restart} }
`;
    const { text: platform, report } = importText(text);
    expect(parse(platform).services.init.schedule).toEqual(schedule);
    const [row, ...others] = report.rows.filter(({ path }) => path === 'services.init.restart');
    expect(row?.fate).toBe(fate);
    if (why !== undefined) expect(row?.why).toMatch(why);
    expect(others).toEqual([]);
    expect(JSON.stringify(report.rows)).not.toContain('make it a job');
    expect(report.notes).toContainEqual(expect.stringContaining('init is a job'));
  });

  it('a policy for Swarm that Compose reads as `restart` is one', () => {
    const policy = (text: string) =>
      rows(`deploy: { restart_policy: ${text} }`).find(({ path }) => path.endsWith('policy'));
    expect(policy('{ condition: any }')).toMatchObject({ fate: 'changed', why: expect.stringContaining('restarted') });
    expect(policy('{ condition: none }')?.next).toContain('make it a job');
  });

  it('who only starts after a job does not wait for its end', () => {
    const text = `services:
  web: { image: x/a, depends_on: { init: { condition: service_completed_successfully } } }
  late: { image: x/c, depends_on: [init] }
  init: { image: x/b }
`;
    expect(parse(importText(text).text).services.late.needs).toEqual({ init: 'started' });
  });

  it('env_file gives variables, and `environment` wins over it', () => {
    const look = (path: string) =>
      path === '/srv/app/web.env' ? ({ kind: 'text', text: 'A=1\nB=2\n' } as const) : ({ kind: 'absent' } as const);
    const text = 'services: { web: { image: a/b, env_file: [web.env], environment: { B: "3" } } }';
    expect(parse(importText(text, { look }).text).services.web.environment).toEqual({ A: '1', B: '3' });
  });

  it('GPUs bring the host that has them', async () => {
    const text = `services:
  a: { image: x/a, gpus: [{ driver: nvidia, count: 2 }] }
  b: { image: x/b, deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], count: 1 }] } } } }
`;
    const { text: platform, report } = importText(text);
    expect(parse(platform).hosts.local.gpus).toEqual({ nvidia: { count: 3 } });
    expect(report.notes).toContainEqual(expect.stringContaining('as many of nvidia as the services ask for'));
    expect((await compiled(platform)).errors).toEqual([]);
  });

  it('an address on all of IPv4 stays one', () => {
    expect(service('ports: ["0.0.0.0:80:80"]').ports).toEqual({
      'tcp-80': { port: 80, publish: { port: 80, address: '0.0.0.0' } },
    });
  });

  it('a name that browsers know is not written anew, and the report tells who cannot be found by it', () => {
    const text = `services:
  proxy: { image: x/p, expose: [443], networks: { n: { aliases: [auth.example.org, proxy.internal] } } }
  web: { image: x/a, networks: [n], environment: { ISSUER: "https://auth.example.org/x", PEER: "proxy.internal:443" } }
networks: { n: }
`;
    const { text: platform, report } = importText(text);
    expect(parse(platform).services.web.environment).toEqual({
      ISSUER: 'https://auth.example.org/x',
      PEER: 'proxy:443',
    });
    expect(report.rows.filter(({ path }) => path.includes('aliases')).map(({ fate }) => fate)).toEqual([
      'changed',
      'changed',
    ]);
  });

  it('of two that name each other one cannot be found by name, which is told', () => {
    const text =
      'services: { a: { image: x/a, expose: [80], environment: { B: "b:81" } }, b: { image: x/b, expose: [81], environment: { A: "a:80" } } }';
    const told = importText(text).report.rows.filter(({ why }) => why?.includes('waits for it already'));
    expect(told.map(({ path }) => path)).toEqual(['services.b']);
  });

  it('a file that names a service by a name that cannot be is told of', () => {
    const look = (path: string) =>
      path === '/srv/app/x.conf' ? ({ kind: 'text', text: 'db = my_db:5432' } as const) : ({ kind: 'absent' } as const);
    const text = `services:
  my_db: { image: postgres }
  web: { image: x/a, volumes: ["./x.conf:/x.conf:ro"] }
`;
    expect(importText(text, { look }).report.rows).toContainEqual(
      expect.objectContaining({ fate: 'changed', why: 'the file x.conf names my_db, which is called my-db now' }),
    );
  });

  it('a service that a middleware guarded is said to be open', () => {
    const text = `services:
  traefik:
    image: traefik:v3.6
    command: [--providers.docker=true, --api.insecure=true]
    ports: ["80:80"]
    labels: { traefik.enable: "true", traefik.http.routers.api.rule: "Host(\`t.example.org\`)" }
  web:
    image: traefik/whoami
    labels:
      traefik.enable: "true"
      traefik.http.routers.web.rule: Host(\`web.example.org\`)
      traefik.http.routers.web.middlewares: authelia@docker
`;
    const told = importText(text).report.rows.filter(({ fate }) => fate === 'lost');
    expect(told.map(({ path, why }) => `${path}: ${why}`)).toEqual([
      'services.traefik.command[1]: --api.insecure: its page is not served',
      'services.traefik.labels.traefik.http.routers.api.rule: the page of Traefik itself is not served',
      'services.web.labels.traefik.http.routers.web.middlewares: no middleware of Traefik stands before it any more: whoever reaches its host comes in',
    ]);
    expect(told.at(-1)?.next).toContain('`protect: sso`');
  });

  it('an internal network has no way out', () => {
    expect(service('networks: [in]', 'networks: { in: { internal: true } }').internet).toBeUndefined();
    expect(service('restart: always').internet).toBe(true);
  });

  it('follows anchors, merge keys and extends', () => {
    const text = `x-env: &env { A: "1", B: "2" }
services:
  base: { image: x/base:1, environment: { A: "0", C: "3" }, expose: [80] }
  web: { extends: base, image: x/web:1, environment: { <<: *env, B: "9" } }
`;
    const { services } = parse(importText(text).text);
    expect(services.web).toMatchObject({
      image: 'x/web:1',
      environment: { A: '1', B: '9', C: '3' },
      ports: { 'tcp-80': 80 },
    });
  });

  it('leaves out what its profile leaves out, and says so', () => {
    const text = 'services: { a: { image: x/a }, b: { image: x/b, profiles: [debug] } }';
    expect(Object.keys(parse(importText(text).text).services)).toEqual(['a']);
    expect(Object.keys(parse(importText(text, { profiles: ['debug'] }).text).services)).toEqual(['a', 'b']);
    expect(importText(text).report.rows.find(({ fate }) => fate === 'lost')?.next).toContain('--profile debug');
  });

  it('keeps every name under which a service is reached', () => {
    const text = `services:
  my_db: { image: postgres, container_name: maria, networks: { back: { aliases: [sql] } } }
  web: { image: x/a, networks: [back], environment: { A_HOST: my_db, B: "tcp://maria:5432", C: "http://sql:5432/x" } }
networks: { back: }
`;
    const { services } = parse(importText(text).text);
    expect(services.web.environment).toEqual({ A_HOST: 'my-db', B: 'tcp://maria:5432', C: 'http://sql:5432/x' });
    expect(services['my-db'].aliases.sort()).toEqual(['maria', 'sql']);
    expect(services.web.needs).toEqual(['my-db']);
  });
});

describe('what cannot be taken over', () => {
  it.each([
    'privileged: true',
    'mem_limit: 10000',
    'pid: host',
    'network_mode: service:db',
    'build: .',
    'user: postgres',
    'logging: { driver: journald }',
    'volumes: ["/:/host"]',
    'ports: ["1000-1010:80"]',
    'deploy: { update_config: { order: start-first } }',
    'unknown_key: 1',
    'healthcheck: { test: [CMD, a], start_interval: 1s }',
  ])('%s is named, with its line and what to do', (keys) => {
    const lost = rows(keys).filter(({ fate }) => fate === 'lost');
    expect(lost.length).toBeGreaterThan(0);
    for (const { line, column, why } of lost)
      expect({ line, column, why }).toMatchObject({ line: expect.any(Number), why: expect.stringMatching(/\w/) });
    expect(lost[0]?.line).toBeGreaterThanOrEqual(4);
    expect(lost.some(({ next }) => next !== undefined)).toBe(true);
  });

  it('every key of a service in the Compose specification has a rule', () => {
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../compiler/compose/schema/compose-spec.json'), 'utf8'),
    );
    const known = Object.keys((schema.$defs ?? schema.definitions).service.properties);
    expect(known.length).toBeGreaterThan(60);
    expect(known.filter((key) => serviceKeys[key] === undefined)).toEqual([]);
  });
});
