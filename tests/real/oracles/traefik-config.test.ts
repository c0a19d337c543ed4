import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panelsFor } from '../../../library/prometheus/dashboard.ts';
import { ingressAlerts } from '../../../library/traefik/alerts.ts';
import { configText, ports, staticConfig } from '../../../library/traefik/config.ts';
import { dynamicConfig } from '../../../library/traefik/routes.ts';
import { freePort } from '../free-port.ts';
import { traefik } from './programs.ts';

const entryPoints = ['web', 'websecure'] as const;
const sshPort = 2222;
type EntryPort = 'http' | 'https' | 'ping' | 'metrics' | 'ssh';

/** The two files of the ingress, read by a real Traefik that serves a real request. */
describe('the configuration of the ingress', () => {
  const { path: program } = traefik();
  let dir: string;
  let backend: Server;
  let git: TcpServer;
  let world: Record<EntryPort | 'backend' | 'git', number>;
  let proxy: ReturnType<typeof start>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-traefik-'));
    const at = await freePorts();
    backend = createServer((asked, answer) => {
      answer.end(
        JSON.stringify({ host: asked.headers.host, path: asked.url, scheme: asked.headers['x-forwarded-proto'] }),
      );
    });
    await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done));
    // It greets first, as a server of SSH does.
    git = createTcpServer((socket) => socket.end('SSH-2.0-forge\r\n'));
    await new Promise<void>((done) => git.listen(0, '127.0.0.1', done));
    world = {
      ...at,
      backend: (backend.address() as AddressInfo).port,
      git: (git.address() as AddressInfo).port,
    };
    writeFileSync(join(dir, 'routes.yml'), dynamicText());
    proxy = start('traefik.yml', staticText(world));
    for (const scheme of ['http', 'https'] as const)
      await until(async () => typeof (await ask(scheme, 'git.home.lan', '/')) === 'object', proxy.said);
    await until(async () => (await fetch(`http://127.0.0.1:${world.ping}/ping`)).status === 200, proxy.said);
  });

  afterAll(async () => {
    proxy?.child.kill('SIGKILL');
    for (const server of [backend, git]) await new Promise((done) => server?.close(done));
    rmSync(dir, { recursive: true, force: true });
  });

  it('is read without a complaint', () => {
    expect(complaints(proxy.said())).toEqual([]);
  });

  it('serves a host over HTTP', async () => {
    expect(await ask('http', 'git.home.lan', '/api')).toEqual({ host: 'git.home.lan', path: '/api', scheme: 'http' });
  });

  it('serves the same host over HTTPS, with a certificate of its own making', async () => {
    expect(await ask('https', 'git.home.lan', '/api')).toEqual({ host: 'git.home.lan', path: '/api', scheme: 'https' });
  });

  it('gives a host with a path its own service', async () => {
    expect(await ask('http', 'git.home.lan', '/docs/page')).toMatchObject({ path: '/docs/page' });
  });

  it('leaves encoded slashes alone, which forges put into paths', async () => {
    expect(await ask('http', 'git.home.lan', '/api/ops%2Fplatform')).toMatchObject({ path: '/api/ops%2Fplatform' });
  });

  it('knows no other host', async () => {
    expect(await ask('http', 'other.home.lan', '/')).toBe(404);
  });

  it('hands a connection of Git over SSH on as it is', async () => {
    const greeting = await new Promise<string>((done, fail) => {
      const socket = connect(world.ssh, '127.0.0.1');
      socket.once('data', (data) => {
        done(String(data));
        socket.destroy();
      });
      socket.on('error', fail);
    });
    expect(greeting).toBe('SSH-2.0-forge\r\n');
  });

  it('serves its own page on its host and nowhere else', async () => {
    expect(await ask('https', 'ingress.home.lan', '/api/version')).toMatchObject({ Codename: expect.anything() });
    expect(await ask('https', 'git.home.lan', '/api/version')).toMatchObject({ path: '/api/version' });
    for (const port of [world.ping, world.metrics])
      expect((await fetch(`http://127.0.0.1:${port}/api/version`)).status).toBe(404);
  });

  it('shows every metric that an alert or a panel asks for, on its own port', async () => {
    await ask('https', 'git.home.lan', '/');
    const text = async () => (await fetch(`http://127.0.0.1:${world.metrics}/metrics`)).text();
    const asked = [
      ...ingressAlerts('ingress', '/ingress').map(({ expression }) => expression),
      ...panelsFor({ jobs: ['ingress'] }).flatMap(({ queries }) => queries.map(({ expression }) => expression)),
    ].flatMap((expression) => expression.match(/traefik_\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(3);
    const shown = await text();
    // It knows of no certificate here.
    for (const name of asked.filter((each) => each !== 'traefik_tls_certs_not_after'))
      expect(shown).toMatch(new RegExp(`^${name}[{ ]`, 'm'));
    expect((await fetch(`http://127.0.0.1:${world.ping}/metrics`)).status).toBe(404);
  });

  it('answers the health check, at the path that it asks and with its own command', async () => {
    expect((await fetch(`http://127.0.0.1:${world.ping}/ping`)).status).toBe(200);
    const { stdout } = await promisify(execFile)(program, ['healthcheck', `--configFile=${join(dir, 'traefik.yml')}`]);
    expect(stdout).toContain('OK');
  });

  it('is read without a complaint when nothing is served yet', async () => {
    const at = await freePorts();
    writeFileSync(
      join(dir, 'none.yml'),
      configText(dynamicConfig({ routes: [], streams: [], entryPoints }, (workload) => workload)),
    );
    const text = staticText(at).replace('routes.yml', 'none.yml');
    const idle = start('idle.yml', text);
    await until(async () => (await fetch(`http://127.0.0.1:${at.ping}/ping`)).status === 200, idle.said);
    await sleep(500);
    idle.child.kill('SIGKILL');
    expect(complaints(idle.said())).toEqual([]);
  });

  it('would be refused with a key that the program does not know', async () => {
    writeFileSync(join(dir, 'bad.yml'), staticText(world).replace('readTimeout', 'readTimeot'));
    const refused = promisify(execFile)(program, [`--configFile=${join(dir, 'bad.yml')}`]);
    await expect(refused).rejects.toMatchObject({ code: 1 });
  });

  /** The rendered text with ports and paths of this test. */
  function staticText(at: Record<EntryPort, number>): string {
    return configText(
      staticConfig({
        provider: { kind: 'file', path: '/etc/traefik/routes.yml' },
        streams: [{ name: 'forge-ssh', port: sshPort }],
        dashboard: true,
        metrics: true,
        middlewares: [],
        removeAliases: false,
      }),
    )
      .replace('/etc/traefik/routes.yml', join(dir, 'routes.yml'))
      .replace(`":${ports.http}"`, `127.0.0.1:${at.http}`)
      .replace(`":${ports.https}"`, `127.0.0.1:${at.https}`)
      .replace(`":${ports.ping}"`, `127.0.0.1:${at.ping}`)
      .replace(`":${ports.metrics}"`, `127.0.0.1:${at.metrics}`)
      .replace(`":${sshPort}"`, `127.0.0.1:${at.ssh}`);
  }

  function dynamicText(): string {
    const route = { hostname: 'git.home.lan', workload: 'forge', port: 3000, origin: '/forge' };
    const routes = [
      { ...route, id: 'forge', path: '/' },
      { ...route, id: 'docs', path: '/docs', workload: 'docs' },
      { ...route, id: 'ingress-dashboard', hostname: 'ingress.home.lan', path: '/', workload: 'ingress', itself: true },
    ] as const;
    const stream = { id: 'forge-ssh', workload: 'forge', name: 'ssh', port: 2222, listen: sshPort, origin: '/forge' };
    const text = configText(dynamicConfig({ routes, streams: [stream], entryPoints }, (id) => `home-${id}`));
    return text
      .replaceAll(/home-(?:forge|docs):3000/g, `127.0.0.1:${world.backend}`)
      .replace('home-forge:2222', `127.0.0.1:${world.git}`);
  }

  function start(name: string, text: string) {
    writeFileSync(join(dir, name), text);
    const child = spawn(program, [`--configFile=${join(dir, name)}`], { env: {} });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        said += data;
      });
    }
    return { child, said: () => said };
  }

  async function until(holds: () => Promise<boolean>, said: () => string): Promise<void> {
    for (const end = Date.now() + 120_000; Date.now() < end; await sleep(100)) {
      if (await holds().catch(() => false)) return;
    }
    throw new Error(`traefik does not serve: ${said()}`);
  }

  /** What the service behind saw, or the status when the answer is not its own. */
  async function ask(scheme: 'http' | 'https', host: string, path: string): Promise<unknown> {
    const { request: plain } = await import('node:http');
    const options = { port: world[scheme], host: '127.0.0.1', path, headers: { host }, rejectUnauthorized: false };
    return new Promise((done, fail) => {
      const call = (scheme === 'http' ? plain : request)(options, (answer) => {
        let text = '';
        answer.on('data', (data) => {
          text += data;
        });
        answer.on('end', () => done(answer.statusCode === 200 ? JSON.parse(text) : answer.statusCode));
      });
      call.on('error', fail);
      call.end();
    });
  }
});

async function freePorts(): Promise<Record<EntryPort, number>> {
  const [http, https, ping, metrics, ssh] = await Promise.all(Array.from({ length: 5 }, freePort));
  return { http, https, ping, metrics, ssh } as Record<EntryPort, number>;
}

/** Lines of the log that find fault with the configuration; a piece of advice that every start gives is none. */
function complaints(said: string): readonly string[] {
  return (
    said
      .split('\n')
      .filter((line) => /"level":"(?:warn|error|fatal)"|field not found/.test(line))
      .filter((line) => !line.includes('Traefik can reject some encoded characters'))
      // Built from its module it has no page, only what the page asks.
      .filter((line) => !line.includes('Error appending dashboard to API router'))
  );
}
