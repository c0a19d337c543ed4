import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, type Program } from '../../faults/program.ts';
import { available } from './available.ts';
import { benchOn } from './harness.ts';
import { importImage } from './import-image.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const env = { AUTOGIT_FILLER_IMAGE: 'autogit-test/filler:1' };
const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

/** One story: lock, apply, somebody moves the tag, take it over, a lock that is broken. Each step stands on the one before. */
describe.skipIf(!engine.ok)('a platform with a lock on a real engine and a real registry', () => {
  let real: TestEngine;
  let docker: Docker;
  let program: Program;
  let file: string;
  let image: string;
  beforeAll(async () => {
    program = await buildProgram();
    real = await startEngine({ registry: true });
    await importImage(real, { tag: 'autogit-test/filler:1' });
    docker = new Docker({ socketPath: real.socket });
    image = `${real.registry}/plain:1`;
    file = join(program.folder(), 'autogit.yaml');
    const service = `web: { image: "${image}", limits: { cpus: 0.2, memory: 32Mi } }`;
    writeFileSync(file, `name: locked\ndomain: home.test\nhosts: { local: "${real.url}" }\nservices:\n  ${service}\n`);
  }, 180_000);
  afterAll(async () => {
    await program?.close();
    await real?.stop();
  });

  const lock = (...args: readonly string[]) =>
    program.run(['lock', ...args, '--file', file, '--insecure-registry', real.registry ?? '']);
  const flags = () => ['--file', file, '--state', join(file, '../state')];
  const plan = () => program.run(['plan', ...flags()], { env });
  const once = () => program.run(['reconcile', '--once', ...flags(), '--log', 'text'], { env });
  const web = async () => {
    const [found] = await docker.listContainers({ filters: { name: ['locked-web'] } });
    return docker.getContainer(found?.Id ?? '').inspect();
  };
  const manifest = (tag: string, init: RequestInit) =>
    fetch(`http://${real.registry}/v2/plain/manifests/${tag}`, {
      ...init,
      headers: { accept: manifestType, 'content-type': manifestType },
    });
  const digestOf = async (tag: string) =>
    (await manifest(tag, { method: 'HEAD' })).headers.get('docker-content-digest') ?? '';
  let first: string;
  let second: string;

  it('pulls the digest of the lock, and finds it again by it', async () => {
    first = await digestOf('1');
    second = await digestOf('2');
    expect(second).not.toBe(first);
    const said = await lock('update');
    expect(said).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining(`+ ${image}  ${first.slice(0, 19)}  linux/`),
    });
    expect(await lock('verify')).toMatchObject({ code: 0, err: '' });
    expect(await once()).toMatchObject({ code: 0 });
    const running = await web();
    expect(running.Config.Image).toBe(`${image}@${first}`);
    expect((await docker.getImage(running.Image).inspect()).RepoDigests).toContain(`${real.registry}/plain@${first}`);
    expect(await plan()).toMatchObject({ code: 0, out: expect.stringMatching(/^No changes/) });
  }, 120_000);

  it('does nothing when the tag is moved, also where the image is lost', async () => {
    const { Id } = await web();
    const moved = await (await manifest('2', { method: 'GET' })).text();
    expect((await manifest('1', { method: 'PUT', body: moved })).status).toBe(201);
    expect(await digestOf('1')).toBe(second);
    expect(await plan()).toMatchObject({ code: 0, out: expect.stringMatching(/^No changes/) });
    expect(await once()).toMatchObject({ code: 0 });
    expect((await web()).Id).toBe(Id);

    await docker.getContainer(Id).remove({ force: true });
    await docker.getImage(`${real.registry}/plain@${first}`).remove({ force: true });
    expect(await once()).toMatchObject({ code: 0 });
    expect((await web()).Config.Image).toBe(`${image}@${first}`);
  }, 120_000);

  it('tells that the tag has moved, takes it over when asked, and replaces the container then', async () => {
    const online = await lock('verify', '--online');
    const change = `~ ${image}  ${first.slice(0, 19)} → ${second.slice(0, 19)}`;
    expect(online).toMatchObject({ code: 2, out: expect.stringContaining(change) });
    expect(await plan()).toMatchObject({ code: 0 });
    expect(await lock('update')).toMatchObject({ code: 0, out: expect.stringContaining(change) });
    const planned = await plan();
    const words = `image 1@${first.slice(7, 19)} → 1@${second.slice(7, 19)}`;
    expect(planned).toMatchObject({ code: 2, out: expect.stringContaining(words) });
    expect(await once()).toMatchObject({ code: 0 });
    expect((await web()).Config.Image).toBe(`${image}@${second}`);
    expect(await lock('verify', '--online')).toMatchObject({ code: 0 });
  }, 120_000);

  it('keeps everything when the lock is broken or lacks an image', async () => {
    const { Id } = await web();
    writeFileSync(join(file, '../autogit.lock'), 'version: 1\nimages: {}\n');
    expect(await once()).toMatchObject({ code: 1, err: expect.stringContaining('AG421') });
    writeFileSync(join(file, '../autogit.lock'), '<<<<<<< HEAD\n');
    expect(await once()).toMatchObject({ code: 1, err: expect.stringMatching(/autogit\.lock:1:1 AG423/) });
    expect((await web()).Id).toBe(Id);
  }, 120_000);

  it('says that a digest is not in the registry', async () => {
    const bench = benchOn(real.url);
    const absent = `${image}@sha256:${'0'.repeat(64)}`;
    expect(await bench.apply({ kind: 'pull-image', image: absent })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'rejected', detail: expect.stringMatching(/does not exist in its registry/) },
    });
    bench.engine.close();
  }, 60_000);
});
