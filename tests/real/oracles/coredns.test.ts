import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Corefile, corefile, ports, zoneText } from '../../../library/coredns/config.ts';
import { freePort } from '../free-port.ts';
import { coredns } from './programs.ts';

/** Corefile and zones, read by a real CoreDNS that is asked real questions. */
describe('the name server', () => {
  const { path: program } = coredns();
  let dir: string;
  let at: Record<keyof typeof ports, number>;
  let running: ChildProcess[] = [];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-coredns-'));
    at = { dns: await freePort(), health: await freePort(), metrics: await freePort() };
    zone('zone', ['192.168.1.10', 'fd00::10']);
    zone('zone-vpn', ['100.64.0.10']);
  });

  afterEach(async () => {
    for (const child of running) {
      const ended = new Promise((done) => child.on('exit', done));
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    }
    running = [];
    rmSync(dir, { recursive: true, force: true });
  });

  it('answers for every host of the platform, and says what does not exist', async () => {
    await start({});
    expect(await ask('git.home.lan')).toEqual(['192.168.1.10']);
    expect(await resolver().resolve6('git.home.lan')).toEqual(['fd00::10']);
    expect(await ask('nas.home.lan')).toEqual(['192.168.1.5']);
    expect(await ask('other.home.lan')).toBe('ENOTFOUND');
    expect(await resolver().resolveNs('home.lan')).toEqual(['ns.home.lan']);
  });

  it('gives a network with a view its own answer', async () => {
    const views = [
      { id: 'vpn', networks: ['127.0.0.2/32', 'fd01::/64'], zoneFile: join(dir, 'zone-vpn') },
      everybody(),
    ];
    await start({ views });
    expect(await ask('git.home.lan', '127.0.0.2')).toEqual(['100.64.0.10']);
    expect(await ask('git.home.lan', '127.0.0.3')).toEqual(['192.168.1.10']);
  });

  it('asks others for the rest, and for single domains', async () => {
    const [router, box] = [await upstream('10.1.1.1'), await upstream('10.2.2.2')];
    await start({ forward: [router], zones: { 'fritz.box': [box] } });
    expect(await ask('www.example.org')).toEqual(['10.1.1.1']);
    expect(await ask('printer.fritz.box')).toEqual(['10.2.2.2']);
    expect(await ask('git.home.lan')).toEqual(['192.168.1.10']);
    expect(await ask('other.home.lan')).toBe('ENOTFOUND');
  });

  it('asks others for names of a public domain that the platform does not have', async () => {
    await start({ forward: [await upstream('10.1.1.1')], publicDomain: true });
    expect(await ask('www.home.lan')).toEqual(['10.1.1.1']);
    expect(await ask('git.home.lan')).toEqual(['192.168.1.10']);
  });

  it('refuses the rest when there is nobody to ask, and everything from a public address', async () => {
    await start({});
    expect(await ask('www.example.org')).toBe('EREFUSED');
    await stopAll();
    await start({}, (text) => text.replace('127.0.0.0/8', '127.0.0.1/32'));
    expect(await ask('git.home.lan', '127.0.0.9')).toBe('EREFUSED');
    expect(await ask('git.home.lan')).toEqual(['192.168.1.10']);
  });

  it('answers its health check and shows its metrics', async () => {
    await start({});
    await ask('git.home.lan');
    expect((await fetch(`http://127.0.0.1:${at.health}/health`)).status).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${at.metrics}/metrics`)).text()).toContain(
      'coredns_dns_requests_total',
    );
  });

  it('would be refused with a directive that the program does not know, or an address that is none', async () => {
    writeFileSync(join(dir, 'bad'), text({}).replace('errors', 'errrors'));
    await expect(promisify(execFile)(program, ['-conf', join(dir, 'bad')])).rejects.toMatchObject({ code: 1 });
    zone('zone', ['192.168.1.300']);
    writeFileSync(join(dir, 'Corefile'), text({}));
    await expect(promisify(execFile)(program, ['-conf', join(dir, 'Corefile')])).rejects.toMatchObject({ code: 1 });
  });

  function zone(name: string, addresses: readonly string[]): void {
    const hosts = { 'git.home.lan': addresses, 'nas.home.lan': ['192.168.1.5'] };
    writeFileSync(join(dir, name), zoneText({ domain: 'home.lan', hosts, addresses }));
  }

  function everybody(): Corefile['views'][number] {
    return { id: '', networks: [], zoneFile: join(dir, 'zone') };
  }

  /** The rendered text with the ports of this test. */
  function text(options: Partial<Corefile>): string {
    const whole = { domain: 'home.lan', views: [everybody()], forward: [], zones: {}, publicDomain: false, ...options };
    return corefile(whole)
      .replaceAll(`:${ports.dns} {`, `:${at.dns} {`)
      .replace(`:${ports.health}`, `127.0.0.1:${at.health}`)
      .replace(`:${ports.metrics}`, `127.0.0.1:${at.metrics}`);
  }

  async function start(options: Partial<Corefile>, changed = (corefile: string) => corefile): Promise<void> {
    writeFileSync(join(dir, 'Corefile'), changed(text(options)));
    const said = launch(join(dir, 'Corefile'));
    await until(async () => (await fetch(`http://127.0.0.1:${at.health}/health`)).status === 200, said);
    await until(async () => Array.isArray(await ask('git.home.lan')), said);
  }

  /** A name server that gives every name one address; its own address with port. */
  async function upstream(address: string): Promise<string> {
    const port = await freePort();
    const file = join(dir, `upstream-${address}`);
    writeFileSync(file, `.:${port} {\n  template IN A {\n    answer "{{ .Name }} 60 IN A ${address}"\n  }\n}\n`);
    const said = launch(file);
    await until(async () => Array.isArray(await resolver('127.0.0.1', port).resolve4('up.example')), said);
    return `127.0.0.1:${port}`;
  }

  function launch(file: string): () => string {
    const child = spawn(program, ['-conf', file]);
    running.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        said += bytes;
      });
    }
    return () => said;
  }

  async function stopAll(): Promise<void> {
    await Promise.all(
      running.map((child) => {
        const ended = new Promise((done) => child.on('exit', done));
        child.kill('SIGKILL');
        return ended;
      }),
    );
    running = [];
  }

  function resolver(from = '127.0.0.1', port = at.dns): Resolver {
    const made = new Resolver({ timeout: 2000, tries: 3 });
    made.setServers([`127.0.0.1:${port}`]);
    made.setLocalAddress(from);
    return made;
  }

  /** The addresses, or the code of the refusal. */
  async function ask(name: string, from?: string): Promise<string | readonly string[]> {
    return resolver(from)
      .resolve4(name)
      .catch((error: { readonly code: string }) => error.code);
  }

  async function until(holds: () => Promise<boolean>, said: () => string): Promise<void> {
    for (const end = Date.now() + 60_000; !(await holds().catch(() => false)); await sleep(50)) {
      if (Date.now() > end) throw new Error(`did not come up: ${said()}`);
    }
  }
});
