import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILLER_LABEL, OWN_FILLER } from '../../../reconciler/docker/filler-image.ts';
import { tar } from '../../../reconciler/docker/tar.ts';
import { api } from './api.ts';
import { startApiProxy } from './api-proxy.ts';
import { available } from './available.ts';
import { benchOn, filesUnit } from './harness.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Image {
  readonly RepoTags: readonly string[];
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

describe.skipIf(!engine.ok)('the image that fills volumes', () => {
  let real: TestEngine;
  let archives: string;
  beforeAll(async () => {
    real = await startEngine();
    archives = await mkdtemp(join(tmpdir(), 'autogit-filler-'));
    await run(process.execPath, [join(root, 'scripts/filler-image.ts'), '--output', archives]);
    // From here on the engine reaches no registry, as on a bad night.
    await real.exec('ip', 'route', 'del', 'default');
  });
  afterAll(async () => {
    if (archives !== undefined) await rm(archives, { recursive: true, force: true });
    await real?.stop();
  });

  const unit = (digest: string) =>
    filesUnit('web', digest, [
      { path: 'app.yml', source: { kind: 'text', text: digest }, mode: 0o444, uid: 0, gid: 0 },
      { path: 'deep/er/key', source: { kind: 'text', text: 'k' }, mode: 0o400, uid: 1000, gid: 1001 },
    ]);
  const removeOwn = () => api(real.socket, 'DELETE', `/images/${OWN_FILLER}?force=1`);

  it('is loaded from the archive that `npm run filler-image` made, once, and nothing is pulled', async () => {
    const proxy = await startApiProxy(real.socket);
    const bench = benchOn(proxy.url, { fillerImage: undefined, fillerArchives: archives });
    expect(await bench.apply({ kind: 'fill-files', unit: unit('one') })).toMatchObject({ kind: 'done' });
    expect(await bench.apply({ kind: 'fill-files', unit: unit('two') })).toMatchObject({ kind: 'done' });
    expect(proxy.calls.filter(({ path }) => path === '/images/load')).toHaveLength(1);
    expect(proxy.calls.filter(({ path }) => path === '/images/create')).toEqual([]);
    expect(bench.progress).toContain(`loading ${OWN_FILLER}`);
    const image = await api<Image>(real.socket, 'GET', `/images/${OWN_FILLER}/json`);
    expect(image.RepoTags).toEqual([OWN_FILLER]);
    expect(image.Config.Labels).toEqual({ [FILLER_LABEL.name]: FILLER_LABEL.value });
    bench.engine.close();
    await proxy.close();
  });

  it('is loaded again after somebody cleared unused images away', async () => {
    const bench = benchOn(real.url, { fillerImage: undefined, fillerArchives: archives });
    await removeOwn();
    expect(await bench.apply({ kind: 'fill-files', unit: unit('three') })).toMatchObject({ kind: 'done' });
    bench.engine.close();
  });

  it('is replaced when something else has its name', async () => {
    const bench = benchOn(real.url, { fillerImage: undefined, fillerArchives: archives });
    await removeOwn();
    await api(real.socket, 'POST', '/images/autogit-test/plain:1/tag?repo=localhost/autogit-filler&tag=1');
    expect(await bench.apply({ kind: 'fill-files', unit: unit('four') })).toMatchObject({ kind: 'done' });
    const image = await api<Image>(real.socket, 'GET', `/images/${OWN_FILLER}/json`);
    expect(image.Config.Labels[FILLER_LABEL.name]).toBe(FILLER_LABEL.value);
    bench.engine.close();
  });

  it('when there is none, and none to be pulled: says how to have one without a registry', async () => {
    const bench = benchOn(real.url, { fillerImage: undefined });
    await removeOwn();
    const outcome = await bench.apply({ kind: 'fill-files', unit: unit('five') });
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'unreachable',
        detail: expect.stringMatching(
          /^the image that fills volumes for configs and secrets is missing: the registry of busybox:\S+ cannot be reached .*; AutoGit can bring its own, without a registry: run `npm run filler-image` in its folder$/,
        ),
      },
    });
    bench.engine.close();
  });

  it('when its archive is damaged: says so, next to why none could be pulled', async () => {
    const damaged = await mkdtemp(join(tmpdir(), 'autogit-filler-'));
    for (const arch of ['amd64', 'arm64']) await writeFile(join(damaged, `${arch}.tar`), 'x'.repeat(4096));
    const bench = benchOn(real.url, { fillerImage: undefined, fillerArchives: damaged });
    expect(await bench.apply({ kind: 'fill-files', unit: unit('six') })).toMatchObject({
      kind: 'failed',
      failure: {
        detail: expect.stringMatching(
          /busybox:\S+ cannot be reached .*; the engine did not load localhost\/autogit-filler:1 in its place \(.+\): build it anew/,
        ),
      },
    });
    bench.engine.close();
    await rm(damaged, { recursive: true });
  });

  it('is the same from deploy/filler/Dockerfile, under a name of the operator', async () => {
    const dockerfile = await readFile(join(root, 'deploy/filler/Dockerfile'));
    const context = tar([{ path: 'Dockerfile', content: dockerfile, mode: 0o644, uid: 0, gid: 0 }]);
    const said = await buildImage(real.socket, 'registry.test/autogit-filler:1', context);
    expect(said).toContain('Successfully tagged registry.test/autogit-filler:1');
    const bench = benchOn(real.url, { fillerImage: 'registry.test/autogit-filler:1' });
    expect(await bench.apply({ kind: 'fill-files', unit: unit('seven') })).toMatchObject({ kind: 'done' });
    const image = await api<Image>(real.socket, 'GET', '/images/registry.test/autogit-filler:1/json');
    expect(image.Config.Labels[FILLER_LABEL.name]).toBe(FILLER_LABEL.value);
    bench.engine.close();
  });
});

/** Builds with the engine's own builder, the busybox of the test images in place of one from a registry; resolves with what it said. */
function buildImage(socketPath: string, tag: string, context: Buffer): Promise<string> {
  const query = new URLSearchParams({ t: tag, buildargs: JSON.stringify({ BUSYBOX: 'autogit-test/plain:1' }) });
  const headers = { 'content-type': 'application/x-tar', 'content-length': context.length };
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: 'POST', path: `/build?${query}`, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.end(context);
  });
}
