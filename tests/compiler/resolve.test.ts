import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import { roles } from '../../compiler/model/roles.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, cases } from './cases.ts';

describe('the five lines of the smallest file mean', () => {
  const smallest = 'forge: forgejo\nrunners:\n  linux: { labels: [docker] }\n';

  it('a forge and an ingress on the local engine', async () => {
    const { workloads, hosts, volumes } = await platformOf(smallest);
    expect(hosts).toMatchObject([{ id: 'local', engine: { kind: 'docker', url: 'unix:///var/run/docker.sock' } }]);
    expect(workloads.map(({ id, component, host }) => `${id}: ${component} on ${host}`)).toEqual([
      'forge: forgejo on local',
      'ingress: traefik on local',
    ]);
    expect(volumes).toMatchObject([{ id: 'forge-data', workload: 'forge', sizeBytes: 10 * 2 ** 30 }]);
  });

  it('one way through the network, from the ingress to the forge', async () => {
    const { links, routes } = await platformOf(smallest);
    expect(links).toMatchObject([{ from: 'ingress', to: 'forge', port: 3000, protocol: 'tcp' }]);
    expect(routes).toMatchObject([{ hostname: 'git.home.lan', path: '/', workload: 'forge', port: 3000 }]);
  });

  it('a pool of any size, with the runner of that forge', async () => {
    const { pools, forge } = await platformOf(smallest);
    expect(pools).toEqual([
      {
        id: 'linux',
        origin: '/runners/linux',
        labels: ['docker'],
        arch: ['amd64'],
        hosts: ['local'],
        image: 'data.forgejo.org/forgejo/runner:12.10.0',
        size: { min: 0, idle: 0, idleMs: 600_000 },
        limits: { cpus: 2, memoryBytes: 2 * 2 ** 30 },
      },
    ]);
    expect(forge).toMatchObject({ kind: 'forgejo', url: 'http://git.home.lan', deployed: true, token: 'forge-token' });
  });

  it('secrets that nobody had to write down', async () => {
    const { secrets } = await platformOf(smallest);
    expect(secrets.map(({ id, source }) => `${id}: ${JSON.stringify(source)}`)).toEqual([
      'forge-internal-token: {"kind":"generate","length":64}',
      'forge-jwt-secret: {"kind":"generate","length":43}',
      'forge-lfs-jwt-secret: {"kind":"generate","length":43}',
      'forge-secret-key: {"kind":"generate","length":64}',
      'forge-token: {"kind":"env","variable":"AUTOGIT_FORGE_TOKEN"}',
    ]);
  });
});

describe('the database', () => {
  const file = `forge: gitea
database: postgres
services:
  my-app: { image: "app:1", needs: [database] }
  other: { image: "other:1" }
`;

  it('is given to the forge and to who needs it, each with a password of its own', async () => {
    const { workloads, links, secrets } = await platformOf(file);
    const waits = workloads.map(
      ({ id, needs }) => `${id}: ${needs.map((need) => `${need.workload} ${need.condition}`)}`,
    );
    expect(waits).toEqual([
      'database: ',
      'database-roles: database healthy',
      'forge: database healthy,database-roles healthy',
      'ingress: ',
      'my-app: database healthy,database-roles healthy',
      'other: ',
    ]);
    expect(links.map(({ from, to, port }) => `${from} → ${to}:${port}`)).toEqual([
      'database-roles → database:5432',
      'forge → database:5432',
      'ingress → forge:3000',
      'my-app → database:5432',
    ]);
    expect(secrets.map(({ id }) => id).filter((id) => id.endsWith('-database-password'))).toEqual([
      'forge-database-password',
      'my-app-database-password',
    ]);
  });

  it('names roles in a way that SQL takes without quotes', async () => {
    const { configs } = await platformOf(file);
    const script = configs.find(({ id }) => id === 'database-roles-script')?.text;
    expect(script).toContain('\nclient my_app my_app /run/secrets/my-app-database-password\n');
  });

  it('is left alone by a forge that says SQLite', async () => {
    const { workloads } = await platformOf('forge: { use: gitea, database: sqlite }\ndatabase: postgres\n');
    const forge = workloads.find(({ id }) => id === 'forge');
    expect(forge?.needs).toEqual([]);
    expect(forge?.environment).toContainEqual({
      name: 'GITEA__database__DB_TYPE',
      value: { kind: 'text', text: 'sqlite3' },
      origin: '/forge',
    });
  });

  it('that gets another client keeps its container as it is', async () => {
    const before = await platformOf(file);
    const after = await platformOf(file.replace('"other:1"', '"other:1", needs: [database]'));
    const server = ({ workloads }: Platform) => workloads.find(({ id }) => id === 'database');
    const configs = ({ configs }: Platform) => configs.filter(({ workload }) => workload === 'database');
    expect(server(after)).toEqual(server(before));
    expect(configs(after)).toEqual(configs(before));
  });
});

describe('a role that others ask for', () => {
  const file = `cache: valkey
registry: { use: distribution, users: people }
secrets: { people: { file: /etc/autogit/people } }
services:
  shop: { image: "shop:1", needs: { cache: started } }
  wiki: { image: "wiki:1", needs: [cache, registry] }
`;

  it('shares a password with each client and is waited for as the client says', async () => {
    const { workloads, secrets } = await platformOf(file);
    const needs = (id: string) =>
      workloads
        .find((workload) => workload.id === id)
        ?.needs.map(({ workload, condition }) => `${workload} ${condition}`);
    expect(needs('shop')).toEqual(['cache started']);
    expect(needs('wiki')).toEqual(['cache healthy', 'registry healthy']);
    const shared = secrets.map(({ id }) => id).filter((id) => id.includes('-cache-'));
    expect(shared).toEqual(['shop-cache-password', 'wiki-cache-password']);
    const mounted = workloads
      .find(({ id }) => id === 'cache')
      ?.mounts.flatMap((mount) => (mount.kind === 'secret' ? [mount.secret] : []));
    expect(mounted).toEqual(['cache-admin-password', ...shared]);
  });

  it('is reached at the ports that are for clients, and its metrics by nobody without monitoring', async () => {
    const { links } = await platformOf(file);
    expect(links.map(({ from, to, port }) => `${from} → ${to}:${port}`)).toEqual([
      'ingress → registry:5000',
      'shop → cache:6379',
      'wiki → cache:6379',
      'wiki → registry:5000',
    ]);
  });
});

it('a declared secret takes the place of an implied one', async () => {
  const { secrets } = await platformOf('forge: forgejo\nsecrets: { forge-secret-key: { file: /etc/autogit/key } }\n');
  expect(secrets.find(({ id }) => id === 'forge-secret-key')).toEqual({
    id: 'forge-secret-key',
    origin: '/secrets/forge-secret-key',
    source: { kind: 'file', path: '/etc/autogit/key' },
  });
});

it('a forge that is elsewhere gives jobs and is not deployed', async () => {
  const { forge, workloads, routes } = await platformOf(
    'forge: { use: gitea, url: "https://git.example.org/" }\nrunners: { linux: { labels: [docker] } }\n',
  );
  expect(forge).toMatchObject({ url: 'https://git.example.org', deployed: false });
  expect({ workloads, routes }).toEqual({ workloads: [], routes: [] });
});

it('the ingress on another port is part of the address of the forge', async () => {
  const { forge, workloads } = await platformOf('forge: gitea\ningress: { use: traefik, http: 8080 }\n');
  expect(forge?.url).toBe('http://git.home.lan:8080');
  expect(workloads.find(({ id }) => id === 'forge')?.environment).toContainEqual({
    name: 'GITEA__server__ROOT_URL',
    value: { kind: 'text', text: 'http://git.home.lan:8080/' },
    origin: '/forge',
  });
});

it('the ingress that is there by itself is the one that `ingress: traefik` means', async () => {
  const implied = await platformOf('forge: forgejo\n');
  const written = await platformOf('forge: forgejo\ningress: traefik\n');
  const bare = ({ workloads }: Platform) =>
    JSON.stringify(workloads, (key, value) => (key === 'origin' ? undefined : value));
  expect(bare(implied)).toBe(bare(written));
  expect(implied.workloads.find(({ id }) => id === 'ingress')?.component).toBe('traefik');
});

describe.each(cases())('every node of $name', (each) => {
  it('says which key of the file made it', async () => {
    const { platform } = await compile({ ...each, bytes: bytesOf(each), catalog, targets });
    const origins = new Set<string>();
    JSON.stringify(platform, (key, value) => {
      if (key === 'origin') origins.add(value);
      return value;
    });
    expect(origins.size).toBeGreaterThan(1);
    const roots = new RegExp(
      `^/(?:hosts|${Object.keys(roles).join('|')}|services/[^/]+|runners/[^/]+|secrets/[^/]+)(?:/|$)`,
    );
    for (const origin of origins) expect(origin).toMatch(roots);
  });
});

async function platformOf(rest: string): Promise<Platform> {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}`);
  const { platform, diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
  expect(diagnostics).toEqual([]);
  return platform as Platform;
}
