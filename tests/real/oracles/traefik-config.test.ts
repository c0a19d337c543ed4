import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configText, ports, staticConfig } from '../../../library/traefik/config.ts';
import { dynamicConfig } from '../../../library/traefik/routes.ts';
import { freePort } from '../free-port.ts';
import { traefik } from './programs.ts';

const entryPoints = ['web', 'websecure'] as const;

/** The two files of the ingress, read by a real Traefik that serves a real request. */
describe('the configuration of the ingress', () => {
  const { path: program } = traefik();
  let dir: string;
  let backend: Server;
  let world: Record<'http' | 'https' | 'ping' | 'backend', number>;
  let proxy: ReturnType<typeof start>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-traefik-'));
    const [http, https, ping] = [await freePort(), await freePort(), await freePort()];
    backend = createServer((asked, answer) => {
      answer.end(
        JSON.stringify({ host: asked.headers.host, path: asked.url, scheme: asked.headers['x-forwarded-proto'] }),
      );
    });
    await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done));
    const address = backend.address();
    world = { http, https, ping, backend: typeof address === 'object' && address !== null ? address.port : 0 };
    writeFileSync(join(dir, 'routes.yml'), dynamicText());
    proxy = start('traefik.yml', staticText(world));
    for (const scheme of ['http', 'https'] as const)
      await until(async () => typeof (await ask(scheme, 'git.home.lan', '/')) === 'object', proxy.said);
    await until(async () => (await fetch(`http://127.0.0.1:${world.ping}/ping`)).status === 200, proxy.said);
  });

  afterAll(async () => {
    proxy?.child.kill('SIGKILL');
    await new Promise((done) => backend?.close(done));
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

  it('answers the health check, at the path that it asks and with its own command', async () => {
    expect((await fetch(`http://127.0.0.1:${world.ping}/ping`)).status).toBe(200);
    const { stdout } = await promisify(execFile)(program, ['healthcheck', `--configFile=${join(dir, 'traefik.yml')}`]);
    expect(stdout).toContain('OK');
  });

  it('is read without a complaint when nothing is served yet', async () => {
    const [http, https, ping] = [await freePort(), await freePort(), await freePort()];
    writeFileSync(
      join(dir, 'none.yml'),
      configText(dynamicConfig({ routes: [], entryPoints }, (workload) => workload)),
    );
    const text = staticText({ http, https, ping }).replace('routes.yml', 'none.yml');
    const idle = start('idle.yml', text);
    await until(async () => (await fetch(`http://127.0.0.1:${ping}/ping`)).status === 200, idle.said);
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
  function staticText(at: Record<'http' | 'https' | 'ping', number>): string {
    return configText(
      staticConfig({
        provider: { kind: 'file', path: '/etc/traefik/routes.yml' },
        middlewares: [],
        removeAliases: false,
      }),
    )
      .replace('/etc/traefik/routes.yml', join(dir, 'routes.yml'))
      .replace(`":${ports.http}"`, `127.0.0.1:${at.http}`)
      .replace(`":${ports.https}"`, `127.0.0.1:${at.https}`)
      .replace(`":${ports.ping}"`, `127.0.0.1:${at.ping}`);
  }

  function dynamicText(): string {
    const route = { hostname: 'git.home.lan', workload: 'forge', port: 3000, origin: '/forge' };
    const routes = [
      { ...route, id: 'forge', path: '/' },
      { ...route, id: 'docs', path: '/docs', workload: 'docs' },
    ];
    return configText(dynamicConfig({ routes, entryPoints }, (workload) => `home-${workload}`)).replaceAll(
      /home-(?:forge|docs):3000/g,
      `127.0.0.1:${world.backend}`,
    );
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

/** Lines of the log that find fault with the configuration; a piece of advice that every start gives is none. */
function complaints(said: string): readonly string[] {
  return said
    .split('\n')
    .filter((line) => /"level":"(?:warn|error|fatal)"|field not found/.test(line))
    .filter((line) => !line.includes('Traefik can reject some encoded characters'));
}
