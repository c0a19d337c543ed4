/** Platforms as `resolve` makes them, for the tests of the targets. */
import type { Config, Link, Platform, Workload } from '../../compiler/model/platform.ts';

const minuteMs = 60_000;

/** A workload with the defaults of the language; `parts` replaces what the case is about. */
export function workload(id: string, parts: Partial<Workload> = {}): Workload {
  return {
    id,
    origin: `/services/${id}`,
    component: 'service',
    host: 'local',
    image: `example/${id}:1.0`,
    environment: [],
    ports: [],
    mounts: [],
    needs: [],
    limits: { cpus: 1, memoryBytes: 512 * 2 ** 20 },
    readOnlyRoot: false,
    capabilities: [],
    internet: false,
    stateful: false,
    stopGraceMs: 10_000,
    ...parts,
  };
}

/** A platform named `home` on one local engine. */
export function platform(parts: Partial<Platform> = {}): Platform {
  return {
    name: 'home',
    domain: 'home.lan',
    target: 'compose',
    gitops: { branch: 'main', intervalMs: 30_000, prune: { max: 5, volumes: 'never' }, rollback: 'auto' },
    hosts: [
      {
        id: 'local',
        origin: '/hosts/local',
        engine: { kind: 'docker', url: 'unix:///var/run/docker.sock' },
        arch: 'amd64',
        gpus: [],
      },
    ],
    cluster: { namespace: 'home', version: '1.28', routes: 'ingress' },
    workloads: [],
    volumes: [],
    links: [],
    routes: [],
    secrets: [],
    configs: [],
    pools: [],
    accept: {},
    ...parts,
  };
}

export function link(from: string, to: string, port: number): Link {
  return { from, to, port, protocol: 'tcp', origin: `/services/${from}/needs` };
}

/** A forge with its database behind an ingress, and a plain service: every kind of mount, health and port. */
export function home(): Platform {
  const ingress = workload('ingress', {
    origin: '/ingress',
    component: 'traefik',
    image: 'traefik:v3.7.1',
    command: ['--configFile=/etc/traefik/traefik.yml'],
    ports: [
      { name: 'http', port: 8000, protocol: 'tcp', publish: { port: 80 }, origin: '/ingress/http' },
      { name: 'https', port: 8443, protocol: 'tcp', publish: { port: 443 }, origin: '/ingress/https' },
    ],
    mounts: [{ kind: 'config', config: 'ingress-static', path: '/etc/traefik/traefik.yml' }],
    health: healthy({ kind: 'exec', command: ['traefik', 'healthcheck', '--configFile=/etc/traefik/traefik.yml'] }),
    user: { uid: 65532, gid: 65532 },
    readOnlyRoot: true,
    kubernetesRules: [
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses', 'ingresses'], verbs: ['get', 'list', 'watch'] },
    ],
  });
  const database = workload('database', {
    origin: '/database',
    component: 'postgres',
    image: 'postgres:18.1-alpine',
    environment: [
      { name: 'POSTGRES_PASSWORD_FILE', value: { kind: 'secret-file', secret: 'database-admin' }, origin: '/database' },
    ],
    ports: [{ name: 'postgres', port: 5432, protocol: 'tcp', origin: '/database' }],
    mounts: [
      { kind: 'volume', volume: 'database-data', path: '/var/lib/postgresql', readOnly: false },
      { kind: 'secret', secret: 'database-admin', path: '/run/secrets/database-admin' },
      { kind: 'secret', secret: 'forge-database', path: '/run/secrets/forge-database' },
    ],
    health: healthy({ kind: 'tcp', port: 5432 }),
    capabilities: ['CHOWN', 'SETGID', 'SETUID'],
    stateful: true,
    stopSignal: 'SIGINT',
  });
  const forge = workload('forge', {
    origin: '/forge',
    component: 'forgejo',
    image: 'codeberg.org/forgejo/forgejo:15.0.2-rootless',
    environment: [
      { name: 'FORGEJO__server__ROOT_URL', value: { kind: 'text', text: 'https://git.home.lan/' }, origin: '/forge' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: must reach the process as it is.
      { name: 'MOTTO', value: { kind: 'text', text: 'costs $5, not ${FIVE}, $(FIVE) or $$' }, origin: '/forge' },
    ],
    ports: [
      { name: 'http', port: 3000, protocol: 'tcp', origin: '/forge' },
      {
        name: 'ssh',
        port: 2222,
        protocol: 'tcp',
        publish: { port: 2222, address: '192.0.2.7' },
        origin: '/forge/ssh/port',
      },
    ],
    mounts: [
      { kind: 'volume', volume: 'forge-data', path: '/var/lib/gitea', readOnly: false },
      { kind: 'config', config: 'forge-app', path: '/etc/gitea/app.ini' },
      { kind: 'secret', secret: 'forge-database', path: '/run/secrets/forge-database' },
      { kind: 'tmpfs', path: '/tmp', sizeBytes: 64 * 2 ** 20 },
    ],
    health: healthy({ kind: 'http', port: 3000, path: '/api/healthz' }),
    needs: [{ workload: 'database', condition: 'healthy', origin: '/forge' }],
    user: { uid: 1000, gid: 1000 },
    stateful: true,
  });
  const wiki = workload('wiki', {
    environment: [
      {
        name: 'TOKEN_FILE',
        value: { kind: 'secret-file', secret: 'wiki-token' },
        origin: '/services/wiki/environment/TOKEN_FILE',
      },
    ],
    ports: [{ name: 'http', port: 3000, protocol: 'tcp', origin: '/services/wiki/port' }],
    health: healthy({ kind: 'http', port: 3000, path: '/health', client: 'curl' }),
    internet: true,
  });
  return platform({
    workloads: [database, forge, ingress, wiki],
    volumes: [
      { id: 'database-data', workload: 'database', origin: '/database', sizeBytes: 10 * 2 ** 30 },
      { id: 'forge-data', workload: 'forge', origin: '/forge', sizeBytes: 20 * 2 ** 30 },
    ],
    links: [link('forge', 'database', 5432), link('ingress', 'forge', 3000), link('ingress', 'wiki', 3000)],
    routes: [
      { id: 'forge', hostname: 'git.home.lan', path: '/', workload: 'forge', port: 3000, origin: '/forge/host' },
      { id: 'wiki', hostname: 'wiki.home.lan', path: '/', workload: 'wiki', port: 3000, origin: '/services/wiki/host' },
    ],
    secrets: ['database-admin', 'forge-database', 'wiki-token'].map((id) => ({
      id,
      origin: `/secrets/${id}`,
      source: { kind: 'generate', length: 32 },
    })),
    configs: [
      config('forge', 'app', 'app.ini', 'APP_NAME = home\n\n[server]\nHTTP_PORT = 3000\n'),
      config('ingress', 'static', 'traefik.yml', 'entryPoints:\n  http:\n    address: ":8000"\n'),
    ],
  });
}

function config(owner: string, key: string, file: string, text: string): Config {
  return { id: `${owner}-${key}`, workload: owner, origin: `/${owner}`, file, text };
}

function healthy(test: NonNullable<Workload['health']>['test']): NonNullable<Workload['health']> {
  return { test, intervalMs: 30_000, timeoutMs: 5000, retries: 3, startMs: minuteMs };
}
