import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, everythingInspectable, logsOf, runContainer } from './api.ts';
import { startApiProxy } from './api-proxy.ts';
import { available } from './available.ts';
import { type Bench, benchOn, containerUnit, filesUnit } from './harness.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const CANARY = 'canary-5f2c9e';

describe.skipIf(!engine.ok)('volumes that hold configs and secrets', () => {
  let real: TestEngine;
  let bench: Bench;
  beforeAll(async () => {
    real = await startEngine();
    bench = benchOn(real.url);
    bench.secrets.password = CANARY;
  });
  afterAll(async () => {
    bench?.engine.close();
    await real?.stop();
  });

  const files = (digest: string, text = 'a: 1\n') =>
    filesUnit('web', digest, [
      { path: 'app.yml', source: { kind: 'text', text }, mode: 0o444, uid: 0, gid: 0 },
      { path: 'deep/er/password', source: { kind: 'secret', secret: 'password' }, mode: 0o400, uid: 1000, gid: 1001 },
    ]);

  async function listing(volume: string): Promise<readonly string[]> {
    const id = await runContainer(real.socket, `look-${Math.random().toString(36).slice(2)}`, {
      Image: 'autogit-test/filler:1',
      Cmd: [
        'sh',
        '-c',
        'cd /v && find . -type f | sort | while read -r f; do echo "$(stat -c "%a %u %g" "$f") $f $(cat "$f")"; done',
      ],
      HostConfig: { Mounts: [{ Type: 'volume', Source: volume, Target: '/v', ReadOnly: true }] },
    });
    await api(real.socket, 'POST', `/containers/${id}/wait`);
    const lines = (await logsOf(real.socket, id))
      .filter((line) => line.includes('./'))
      .map((line) => line.slice(line.search(/[0-7]{3} \d/)));
    await api(real.socket, 'DELETE', `/containers/${id}?force=1`);
    return lines;
  }

  it('hold exactly the files, with owner and mode, and the filler is gone', async () => {
    const unit = files('one');
    expect(await bench.apply({ kind: 'fill-files', unit })).toEqual({ kind: 'done', liveId: unit.name });
    expect(await listing(unit.name)).toEqual(['444 0 0 ./app.yml a: 1', `400 1000 1001 ./deep/er/password ${CANARY}`]);
    const state = await bench.observe();
    expect(state.volumes).toContainEqual({
      id: unit.name,
      name: unit.name,
      unit: unit.id,
      digest: 'one',
      deployment: 'd1',
      files: true,
    });
    expect(await api<unknown[]>(real.socket, 'GET', '/containers/json?all=1')).toEqual([]);
  });

  it('show the secret in no inspect output, no container log and no log of ours', async () => {
    const unit = files('one');
    const web = containerUnit('web', {
      readOnlyRoot: true,
      tmpfs: { '/tmp': '' },
      user: '1000:1001',
      mounts: [{ volume: unit.name, path: '/run/secrets', readOnly: true }],
    });
    expect(await bench.apply({ kind: 'apply-container', unit: web, sees: [] })).toMatchObject({ kind: 'done' });
    expect(await real.exec('docker', '-H', real.url, 'exec', web.name, 'cat', '/run/secrets/deep/er/password')).toBe(
      CANARY,
    );
    expect(await everythingInspectable(real.socket)).not.toContain(CANARY);
    expect([...bench.log.lines, ...bench.progress].join('\n')).not.toContain(CANARY);
    expect(await api(real.socket, 'GET', `/containers/${web.name}/json`).then(JSON.stringify)).toContain(unit.name);
  });

  it('are not written again once a container reads them', async () => {
    expect(await bench.apply({ kind: 'fill-files', unit: files('one') })).toMatchObject({
      kind: 'done',
      detail: 'in use already',
    });
  });

  it('are filled again, from nothing, when an earlier filling was cut off', async () => {
    const unit = files('cut');
    for (const [write, when] of [
      [2, 'after'],
      [3, 'before'],
      [3, 'after'],
    ] as const) {
      const proxy = await startApiProxy(real.socket);
      const killed = benchOn(proxy.url);
      killed.secrets.password = CANARY;
      proxy.cutAtWrite(write, when);
      expect(await killed.apply({ kind: 'fill-files', unit })).toMatchObject({ kind: 'failed' });
      killed.engine.close();
      await proxy.close();
      const fresh = benchOn(real.url);
      const seen = (await fresh.observe()).volumes.find((volume) => volume.name === unit.name);
      expect(seen?.digest, 'content that is not proven has no digest').toBe('');
      fresh.engine.close();
      expect(await bench.apply({ kind: 'fill-files', unit })).toEqual({ kind: 'done', liveId: unit.name });
      expect(await listing(unit.name)).toEqual([
        '444 0 0 ./app.yml a: 1',
        `400 1000 1001 ./deep/er/password ${CANARY}`,
      ]);
      expect((await bench.observe()).volumes.find((volume) => volume.name === unit.name)?.digest).toBe('cut');
    }
    expect(await bench.apply({ kind: 'remove-files', unitId: unit.id, volume: unit.name, name: unit.name })).toEqual({
      kind: 'done',
    });
  });

  it('take large files', async () => {
    const unit = files('large', `${'x'.repeat(79)}\n`.repeat(50_000));
    expect(await bench.apply({ kind: 'fill-files', unit })).toEqual({ kind: 'done', liveId: unit.name });
  });

  it('are refused when the secret cannot be read, when the volume is of someone else, or holds data', async () => {
    const missing = filesUnit('web', 'missing', [
      { path: 'x', source: { kind: 'secret', secret: 'nope' }, mode: 0o400, uid: 0, gid: 0 },
    ]);
    expect(await bench.apply({ kind: 'fill-files', unit: missing })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'not-found', detail: 'secret nope is not set' },
    });
    await api(real.socket, 'POST', '/volumes/create', { Name: 'home-web-files-foreign', Labels: {} });
    expect(await bench.apply({ kind: 'fill-files', unit: files('foreign') })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'conflict' },
    });
    const data = {
      kind: 'volume',
      id: 'volume/local/web-data',
      host: 'local',
      name: 'home-web-data',
      digest: 'v',
      origin: '',
      key: 'web-data',
    } as const;
    await bench.apply({ kind: 'create-volume', unit: data });
    expect(
      await bench.apply({ kind: 'remove-files', unitId: data.id, volume: data.name, name: data.name }),
    ).toMatchObject({
      kind: 'failed',
      failure: { detail: expect.stringContaining('AutoGit never removes such a volume') },
    });
  });

  it('say so when the image of the filler cannot be had', async () => {
    const none = benchOn(real.url, { fillerImage: '127.0.0.1:1/filler:1' });
    expect(await none.apply({ kind: 'fill-files', unit: filesUnit('none', 'n', []) })).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'unreachable',
        detail: expect.stringContaining('the registry of 127.0.0.1:1/filler:1 cannot be reached'),
      },
    });
    none.engine.close();
  });

  it('hand a secret in the environment to the process, and to no label, log or snapshot', async () => {
    const unit = containerUnit('env', {
      environment: { TOKEN: { secret: 'password' }, VERSION: '1' },
      image: 'autogit-test/crash:1',
      entrypoint: ['sh', '-c', 'echo "token=$TOKEN and $TOKEN"; exit 1'],
      init: false,
    });
    const outcome = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(outcome.kind === 'failed' && outcome.logs?.[0]).toBe('token=*** and ***');
    const good = containerUnit('env', { environment: { TOKEN: { secret: 'password' }, VERSION: '1' } });
    expect(await bench.apply({ kind: 'apply-container', unit: good, sees: [] })).toMatchObject({ kind: 'done' });
    const state = await bench.observe();
    expect(JSON.stringify(state)).not.toContain(CANARY);
    expect(state.containers.find((one) => one.unit === good.id)?.actual.environment).toEqual({
      TOKEN: { secret: 'password' },
      VERSION: '1',
    });
  });
});
