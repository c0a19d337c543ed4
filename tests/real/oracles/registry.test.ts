import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configText, type RegistryOptions, registryConfig } from '../../../library/distribution/config.ts';
import { startScript } from '../../../library/distribution/start-script.ts';
import { freePort } from '../free-port.ts';
import { registryStrict } from './programs.ts';

/** What `htpasswd -nB ana` prints for the password below, with few rounds. */
const users = 'ana:$2b$04$/KolU2BjsETaguvMyim3OeV.hzpWzDtZJRe.9MWuTovchJ5woechO\n';
const ana = `Basic ${Buffer.from('ana:canary-ana').toString('base64')}`;

/** Configuration and start script of the registry, run by a real shell with a real registry. */
describe('the registry', () => {
  const { path: strict } = registryStrict();
  let dir: string;
  let port: number;
  let debugPort: number;
  let child: ChildProcess | undefined;
  let said = '';

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-registry-'));
    [port, debugPort] = [await freePort(), await freePort()];
    for (const folder of ['bin', 'data']) mkdirSync(join(dir, folder));
    symlinkSync('/usr/bin/docker-registry', join(dir, 'bin/registry'));
    writeFileSync(join(dir, 'users'), users);
    writeFileSync(join(dir, 'http-secret'), 'canary-http');
  });

  afterEach(async () => {
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((done) => child?.on('exit', done));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(dir, { recursive: true, force: true });
  });

  it.each([true, false])('has a configuration without an unknown key (read-only: %s)', async (readOnly) => {
    writeFileSync(join(dir, 'config.yml'), text(readOnly));
    await promisify(execFile)(strict, [join(dir, 'config.yml')]);
    const bucket = {
      kind: 'bucket',
      endpoint: 'http://home-objects:8333',
      region: 'home',
      bucket: 'registry',
    } as const;
    writeFileSync(join(dir, 'bucket.yml'), text(readOnly, bucket));
    await promisify(execFile)(strict, [join(dir, 'bucket.yml')]);
  });

  it('would be refused with a key that the program would silently ignore', async () => {
    writeFileSync(join(dir, 'config.yml'), text(false).replace('draintimeout', 'draintimout'));
    await expect(promisify(execFile)(strict, [join(dir, 'config.yml')])).rejects.toMatchObject({ code: 1 });
  });

  it('answers its health check and shows its metrics without a sign-on, and nothing else', async () => {
    await start();
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${debugPort}/metrics`)).text()).toContain('registry_');
    expect((await fetch(`http://127.0.0.1:${port}/v2/`)).status).toBe(401);
    expect((await ask('/v2/', { authorization: `Basic ${Buffer.from('ana:wrong').toString('base64')}` })).status).toBe(
      401,
    );
    expect((await ask('/v2/')).status).toBe(200);
  });

  it('removes layers that nothing uses when it is told to, keeps the others, and takes pushes again', async () => {
    await start();
    const kept = await push('kept', 'a layer that stays');
    const gone = await push('gone', 'a layer that goes');
    expect((await ask(`/v2/app/manifests/${gone.manifest}`, {}, 'DELETE')).status).toBe(202);
    child?.kill('SIGUSR1');
    await until(async () => !existsSync(blob(gone.layer)) && (await push('again', 'a layer that comes')) !== undefined);
    expect(existsSync(blob(kept.layer))).toBe(true);
    expect((await ask('/v2/app/manifests/kept')).status).toBe(200);
  });

  it('ends at once when it is asked to, and with an error when the registry does', async () => {
    await start();
    const ended = new Promise((done) => child?.on('exit', done));
    child?.kill('SIGTERM');
    expect(await ended).toBe(0);
    writeFileSync(join(dir, 'users'), users);
    expect(await launch((config) => config.replace('filesystem', 'filesistem'))).toBeGreaterThan(0);
  });

  it('does not start without its secret, and says which file is empty', async () => {
    writeFileSync(join(dir, 'http-secret'), '');
    expect(await launch()).toBe(1);
    expect(said).toContain(`${join(dir, 'http-secret')} is empty or missing`);
  });

  it('writes no secret to its log', async () => {
    await start();
    await push('one', 'a layer');
    expect(said).not.toContain('canary');
  });

  function text(readOnly: boolean, storage?: RegistryOptions['storage']): string {
    const options = {
      usersFile: join(dir, 'users'),
      storage: storage ?? { kind: 'folder', path: join(dir, 'data') },
    } as const;
    return configText(registryConfig({ ...options, readOnly }))
      .replace('":5000"', `127.0.0.1:${port}`)
      .replace('":5001"', `127.0.0.1:${debugPort}`);
  }

  async function start(): Promise<void> {
    void launch();
    await until(async () => (await fetch(`http://127.0.0.1:${port}/`)).status === 200);
  }

  /** Runs the start script; gives its exit code when it ends. */
  function launch(changed = (config: string) => config): Promise<number | null> {
    writeFileSync(join(dir, 'config.yml'), changed(text(false)));
    writeFileSync(join(dir, 'read-only.yml'), text(true));
    const script = startScript({
      configPath: join(dir, 'config.yml'),
      readOnlyPath: join(dir, 'read-only.yml'),
      secretFile: join(dir, 'http-secret'),
      collect: 'weekly',
      removeUntagged: false,
    });
    writeFileSync(join(dir, 'start.sh'), script);
    const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}`, OTEL_TRACES_EXPORTER: 'none' };
    const process_ = spawn('/bin/sh', [join(dir, 'start.sh')], { env });
    child = process_;
    said = '';
    for (const stream of [process_.stdout, process_.stderr]) {
      stream.on('data', (bytes) => {
        said += bytes;
      });
    }
    return new Promise((done) => process_.on('exit', done));
  }

  /** An image of one layer under a tag of `app`; undefined when the registry refuses. */
  async function push(tag: string, content: string) {
    const layer = await upload(content);
    const config = await upload('{}');
    if (layer === undefined || config === undefined) return undefined as never;
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', size: content.length, digest: layer }],
    });
    const put = await ask(`/v2/app/manifests/${tag}`, { 'content-type': type }, 'PUT', manifest);
    expect(put.status).toBe(201);
    return { layer, manifest: digestOf(manifest) };
  }

  async function upload(content: string): Promise<string | undefined> {
    const begun = await ask('/v2/app/blobs/uploads/', {}, 'POST');
    if (begun.status !== 202) return undefined;
    const location = new URL(begun.headers.get('location') ?? '', `http://127.0.0.1:${port}`);
    location.searchParams.set('digest', digestOf(content));
    const type = { 'content-type': 'application/octet-stream' };
    expect((await ask(`${location.pathname}${location.search}`, type, 'PUT', content)).status).toBe(201);
    return digestOf(content);
  }

  function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body?: string): Promise<Response> {
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    const init = { method, headers: { authorization: ana, accept, ...headers } };
    return fetch(`http://127.0.0.1:${port}${path}`, body === undefined ? init : { ...init, body });
  }

  function blob(digest: string): string {
    const hex = digest.slice('sha256:'.length);
    return join(dir, 'data/docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 90_000; !(await holds().catch(() => false)); await sleep(100)) {
      if (Date.now() > end) throw new Error(`did not come true: ${said}`);
    }
  }
});

function digestOf(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
