import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { type PushTo, pushImage } from '../registry/push-image.ts';
import { askS3 } from './s3-client.ts';
import { launch, type Running, renderedConfig, until, VersityWorld } from './store-world.ts';

const file = `objects: versitygw
registry: { use: distribution, storage: objects, collect: weekly }
services: { photos: { image: "photos:1", needs: [objects] } }
`;
const keys = { accessKey: 'canaryregistryaccess', secretKey: 'canaryregistrysecret/+=0123' };

/** A registry and a store of one platform, each started as it is rendered: images go into the bucket of the registry. */
describe('the registry with its layers in a bucket', () => {
  let world: VersityWorld;
  let registry: Running;
  let to: PushTo & { readonly authorization: string };

  beforeEach(async () => {
    world = new VersityWorld({ s3: await freePort(), admin: await freePort() });
    world.keys('registry', keys.accessKey, keys.secretKey);
    world.keys('photos', 'canaryphotosaccess', 'canaryphotossecretkey');
    // What `htpasswd -nB ana` prints for the password below, with few rounds.
    world.secret('registry-users', 'ana:$2b$04$/KolU2BjsETaguvMyim3OeV.hzpWzDtZJRe.9MWuTovchJ5woechO');
    world.secret('registry-http-secret', 'canary-http');
    await world.start(file);
    to = {
      base: `http://127.0.0.1:${await freePort()}`,
      repository: 'app',
      authorization: `Basic ${Buffer.from('ana:canary-ana').toString('base64')}`,
    };
    registry = await startRegistry();
  });

  afterEach(async () => {
    registry.child.kill('SIGTERM');
    await registry.ended;
    await world.end();
  });

  it('takes a push, gives it back, and keeps it in its own bucket', async () => {
    const { digest } = await pushImage(to, { tag: 'one', architecture: 'amd64', salt: 'one' });
    const pulled = await ask('/v2/app/manifests/one');
    expect(pulled.status).toBe(200);
    const { config } = (await pulled.json()) as { config: { digest: string } };
    expect(await (await ask(`/v2/app/blobs/${config.digest}`)).text()).toContain('SALT=one');
    expect(await blobs()).toEqual(expect.arrayContaining([hexOf(digest), hexOf(config.digest)]));
    const other = { accessKey: 'canaryphotosaccess', secretKey: 'canaryphotossecretkey' };
    expect((await askS3(world.endpoint, other, { path: '/home-registry?list-type=2' })).status).toBe(403);
    expect(registry.said()).not.toContain('canary');
  });

  it('removes what nothing uses from the bucket, keeps the rest, and takes pushes again', async () => {
    const kept = await pushImage(to, { tag: 'kept', architecture: 'amd64', salt: 'kept' });
    const gone = await pushImage(to, { tag: 'gone', architecture: 'amd64', salt: 'gone' });
    expect((await ask(`/v2/app/manifests/${gone.digest}`, 'DELETE')).status).toBe(202);
    registry.child.kill('SIGUSR1');
    await until(async () => {
      if ((await blobs()).includes(hexOf(gone.digest))) return false;
      return (await pushImage(to, { tag: 'again', architecture: 'amd64', salt: 'again' })).digest !== '';
    }, registry);
    expect(await blobs()).toContain(hexOf(kept.digest));
    expect((await ask('/v2/app/manifests/kept')).status).toBe(200);
  });

  it('has its images again when both were started anew', async () => {
    await pushImage(to, { tag: 'kept', architecture: 'amd64' });
    registry.child.kill('SIGTERM');
    expect(await registry.ended).toBe(0);
    registry = await startRegistry();
    expect((await ask('/v2/app/manifests/kept')).status).toBe(200);
  });

  /** Scripts and configuration of the registry, with the folders and ports of this test. */
  async function startRegistry(): Promise<Running> {
    const debugPort = await freePort();
    const text = async (name: string) =>
      (await renderedConfig(file, 'registry', name))
        .replaceAll('/run/secrets/', `${world.dir}/secrets/`)
        .replaceAll('/etc/autogit/', `${world.dir}/registry/`)
        .replaceAll('http://home-objects:7070', world.endpoint)
        .replace('":5000"', to.base.slice('http://'.length))
        .replace('":5001"', `127.0.0.1:${debugPort}`);
    mkdirSync(join(world.dir, 'registry/bin'), { recursive: true });
    for (const name of ['config.yml', 'read-only.yml', 'start.sh'])
      writeFileSync(join(world.dir, 'registry', name), await text(name));
    const program = join(world.dir, 'registry/bin/registry');
    try {
      symlinkSync('/usr/bin/docker-registry', program);
    } catch {
      // It is there from the start before.
    }
    const running = launch('/bin/sh', [join(world.dir, 'registry/start.sh')], {
      PATH: `${join(world.dir, 'registry/bin')}:${process.env.PATH}`,
      OTEL_TRACES_EXPORTER: 'none',
    });
    await until(async () => (await fetch(`${to.base}/`)).status === 200, running);
    return running;
  }

  /** Digests of all blobs in the bucket. */
  async function blobs(): Promise<readonly string[]> {
    const path = '/home-registry?list-type=2&prefix=docker%2Fregistry%2Fv2%2Fblobs%2F';
    const { status, text } = await askS3(world.endpoint, keys, { path });
    expect(status, text).toBe(200);
    return [...text.matchAll(/\/sha256\/[0-9a-f]{2}\/([0-9a-f]{64})\/data</g)].map(([, hex]) => hex ?? '');
  }

  function ask(path: string, method = 'GET'): Promise<Response> {
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    return fetch(`${to.base}${path}`, { method, headers: { authorization: to.authorization, accept } });
  }

  function hexOf(digest: string): string {
    return digest.slice('sha256:'.length);
  }
});
