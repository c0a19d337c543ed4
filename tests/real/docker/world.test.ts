import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fail } from '../../../reconciler/model/result.ts';
import { dockerCompose } from '../compose/available.ts';
import { available } from './available.ts';
import { benchOn, containerUnit, networkUnit, scope, volumeUnit } from './harness.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const run = promisify(execFile);
const compose = dockerCompose().path;

describe.skipIf(!engine.ok)('an engine that fails, and one far away', () => {
  let real: TestEngine;
  beforeAll(async () => {
    real = await startEngine({ tls: true, registry: true });
  });
  afterAll(async () => {
    await real?.stop();
  });

  async function observeAt(url: string, options: Parameters<typeof benchOn>[1] = {}) {
    const bench = benchOn(url, options);
    const result = await bench.engine.observe(scope, AbortSignal.timeout(60_000));
    bench.engine.close();
    return result;
  }

  it('says that a socket is not there, and where nothing answers', async () => {
    expect(await observeAt('unix:///no/such.sock')).toEqual(
      fail('unreachable', '/no/such.sock does not exist: is Docker installed and running there?'),
    );
    expect(await observeAt('tcp://127.0.0.1:1')).toEqual(
      fail('unreachable', 'nothing answers at tcp://127.0.0.1:1: start Docker there'),
    );
  });

  it('speaks TLS with certificates, and says what is wrong without', async () => {
    const { url, certificates } = real.tls ?? { url: '', certificates: '' };
    expect(await observeAt(url, { certificates })).toMatchObject({
      ok: true,
      value: { engine: { version: expect.stringContaining('20.10') } },
    });
    expect(await observeAt(url)).toMatchObject({
      ok: false,
      failure: { kind: 'rejected', detail: expect.stringMatching(/without TLS.*ca\.pem, cert\.pem and key\.pem/) },
    });
    expect(await observeAt('ssh://root@far')).toMatchObject({
      ok: false,
      failure: { kind: 'rejected', detail: expect.stringContaining('forward the socket') },
    });
  });

  it('fills volumes over TLS as well', async () => {
    const { url, certificates } = real.tls ?? { url: '', certificates: '' };
    const far = benchOn(url, { certificates });
    const unit = {
      kind: 'files',
      id: 'files/far/web:/etc/web',
      host: 'far',
      name: 'home-web-files-far',
      digest: 'far',
      origin: '',
      key: 'web',
      service: 'web',
      directory: '/etc/web',
      files: [{ path: 'x', source: { kind: 'text', text: 'far' }, mode: 0o444, uid: 0, gid: 0 }],
    } as const;
    expect(await far.apply({ kind: 'fill-files', unit })).toEqual({ kind: 'done', liveId: unit.name });
    far.engine.close();
  });

  it('pulls from a registry with progress, and names an image that does not exist', async () => {
    const bench = benchOn(real.url);
    const image = `${real.registry}/http:1`;
    expect(await bench.apply({ kind: 'pull-image', image })).toMatchObject({
      kind: 'done',
      liveId: expect.stringMatching(/^sha256:/),
    });
    expect(bench.progress[0]).toBe(`pulling ${image}`);
    expect(await bench.apply({ kind: 'pull-image', image })).toEqual({ kind: 'done', detail: 'there already' });
    expect(await bench.apply({ kind: 'pull-image', image: `${real.registry}/nope:9` })).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'rejected',
        detail: expect.stringMatching(/nope:9 does not exist in its registry.*check name and tag/),
      },
    });
    bench.engine.close();
  });

  it('does not hang on an engine that hangs: the budget of the action ends it', async () => {
    const bench = benchOn(real.url);
    await bench.observe();
    await real.ctl('pause');
    const began = Date.now();
    const outcome = await bench.apply({ kind: 'create-volume', unit: volumeUnit('late') }, { deadlineMs: 1500 });
    await real.ctl('resume');
    expect(outcome).toEqual({ kind: 'failed', failure: { kind: 'timeout', detail: 'not done within 2 s' } });
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(await bench.apply({ kind: 'create-volume', unit: volumeUnit('late') })).toMatchObject({ kind: 'done' });
    bench.engine.close();
  });

  it('is read again, with the same objects, after it came back', async () => {
    const bench = benchOn(real.url);
    await bench.apply({ kind: 'create-network', unit: networkUnit('back') });
    const before = await bench.observe();
    await real.ctl('kill');
    expect(await bench.engine.observe(scope, AbortSignal.timeout(60_000))).toMatchObject({
      ok: false,
      failure: { kind: 'unreachable' },
    });
    await real.ctl('start');
    expect(await bench.observe()).toEqual(before);
    bench.engine.close();
  });

  it('refuses networks and volumes of others, and a network in use', async () => {
    const bench = benchOn(real.url);
    const theirs = { ...bench.context(), scope: { platform: 'home', deployment: 'someone-else' } };
    const common = { id: 'x', host: 'local', reason: '', cause: 'file', after: [] } as const;
    await bench.engine.apply({ ...common, kind: 'create-network', unit: networkUnit('theirs') }, theirs);
    await bench.engine.apply({ ...common, kind: 'create-volume', unit: volumeUnit('theirs') }, theirs);
    expect(await bench.apply({ kind: 'create-network', unit: networkUnit('theirs') })).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'conflict',
        detail: expect.stringContaining('platform home of another AutoGit (deployment someone-else)'),
      },
    });
    expect(await bench.apply({ kind: 'create-volume', unit: volumeUnit('theirs') })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'conflict' },
    });
    const made = await bench.apply({ kind: 'create-network', unit: networkUnit('used') });
    const network = made.kind === 'done' ? (made.liveId ?? '') : '';
    const unit = containerUnit('user', { networks: { 'home-used': ['user'] } });
    const container = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(
      await bench.apply({ kind: 'remove-network', unitId: 'network/local/used', network, name: 'home-used' }),
    ).toMatchObject({
      kind: 'failed',
      failure: { detail: expect.stringMatching(/^network home-used is in use: .*active endpoints/) },
    });
    const id = container.kind === 'done' ? (container.liveId ?? '') : '';
    expect(await bench.apply({ kind: 'remove-container', unitId: unit.id, container: id, name: unit.name })).toEqual({
      kind: 'done',
    });
    expect(
      await bench.apply({ kind: 'remove-container', unitId: unit.id, container: id, name: unit.name }),
    ).toMatchObject({ kind: 'done' });
    expect(
      await bench.apply({ kind: 'remove-network', unitId: 'network/local/used', network, name: 'home-used' }),
    ).toEqual({ kind: 'done' });
    bench.engine.close();
  });

  it.skipIf(!existsSync(compose))('shows the project in docker compose ls and ps', async () => {
    const bench = benchOn(real.url);
    const unit = containerUnit('shown');
    await bench.apply({ kind: 'apply-container', unit, sees: [] });
    const env = { ...process.env, DOCKER_HOST: real.url };
    const ls = JSON.parse((await run(compose, ['ls', '--format', 'json'], { env })).stdout) as {
      Name: string;
      Status: string;
    }[];
    expect(ls).toMatchObject([{ Name: 'home', Status: expect.stringContaining('running') }]);
    const ps = (await run(compose, ['-p', 'home', 'ps', '--format', '{{.Name}} {{.Service}}'], { env })).stdout;
    expect(ps).toContain('home-shown-1 shown');
    bench.engine.close();
  });
});
