import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act } from '../../../reconciler/act/act.ts';
import type { Action, RunnerAction } from '../../../reconciler/model/plan.ts';
import { fail } from '../../../reconciler/model/result.ts';
import { Secret } from '../../../reconciler/model/secret.ts';
import type { RunnerCredential } from '../../../reconciler/ports/engine.ts';
import { openStore } from '../../../reconciler/record/store.ts';
import { api, everythingInspectable, logsOf } from './api.ts';
import { startApiProxy } from './api-proxy.ts';
import { available } from './available.ts';
import { type Bench, benchOn, clock, scope } from './harness.ts';
import { importImage } from './import-image.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const CANARY = 'runner-token-77aa';

/** Stands in for the runner program: needs its credential, works until asked to end, then finishes its job first. */
const PROGRAM = `#!/bin/sh
grep -q ${CANARY} .runner || { echo "no credential in $(pwd)"; exit 3; }
trap 'echo finishing; sleep "\${JOB:-1}"; exit 0' TERM
echo "runner is up: $*"
while :; do sleep 0.1; done
`;

describe.skipIf(!engine.ok)('runners in containers', () => {
  let real: TestEngine;
  let bench: Bench;
  beforeAll(async () => {
    real = await startEngine();
    await importImage(real, {
      tag: 'autogit-test/runner:1',
      files: { '/usr/local/bin/gitea-runner': { text: PROGRAM, mode: 0o755 } },
    });
    await importImage(real, {
      tag: 'autogit-test/runner:user',
      files: { '/usr/local/bin/gitea-runner': { text: PROGRAM, mode: 0o755 } },
      config: { User: 'runner' },
    });
    bench = benchOn(real.url);
  });
  afterAll(async () => {
    bench?.engine.close();
    await real?.stop();
  });

  const action = (name: string, image = 'autogit-test/runner:1'): Extract<RunnerAction, { kind: 'launch-runner' }> => ({
    kind: 'launch-runner',
    id: `launch-runner:${name}`,
    host: 'local',
    reason: 'test',
    cause: 'load',
    after: [],
    pool: 'linux',
    name,
    digest: 'r1',
    image,
    labels: ['linux'],
    cpus: 0.5,
    memoryBytes: 64 * 2 ** 20,
  });
  const credential: RunnerCredential = {
    forgeId: '42',
    program: 'gitea-runner',
    files: [{ path: '.runner', content: new Secret(`{"token":"${CANARY}"}`) }],
    args: ['daemon'],
  };
  const runners = async () => (await bench.observe()).runners;
  /** It said so, and from then on it can be asked to end. */
  const untilUp = (name: string) =>
    expect.poll(() => logsOf(real.socket, name), { timeout: 60_000 }).toContain('runner is up: daemon');

  it('start with their credential in a file only, and are seen with pool, name and registration', async () => {
    const outcome = await bench.engine.launch(action('home-linux-a1'), credential, bench.context());
    expect(outcome).toMatchObject({ kind: 'done', liveId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await runners()).toEqual([
      {
        id: outcome.kind === 'done' && outcome.liveId,
        host: 'local',
        pool: 'linux',
        name: 'home-linux-a1',
        forgeId: '42',
        state: 'running',
        startedAt: expect.any(Number),
        digest: 'r1',
      },
    ]);
    expect((await bench.observe()).volumes).toEqual([]);
    await untilUp('home-linux-a1');
    const seen = await everythingInspectable(real.socket);
    expect(seen).not.toContain(CANARY);
    expect([...bench.log.lines, ...bench.progress].join()).not.toContain(CANARY);
    const made = await api<{ HostConfig: Record<string, unknown> }>(
      real.socket,
      'GET',
      '/containers/home-linux-a1/json',
    );
    expect(made.HostConfig).toMatchObject({
      RestartPolicy: { Name: 'no' },
      Init: true,
      NanoCpus: 5e8,
      Memory: 64 * 2 ** 20,
      SecurityOpt: ['no-new-privileges:true'],
    });
  });

  it('are not started twice', async () => {
    expect(await bench.engine.launch(action('home-linux-a1'), credential, bench.context())).toMatchObject({
      kind: 'done',
      detail: 'started by an earlier run',
    });
    expect(await runners()).toHaveLength(1);
  });

  it('work with an image that has a user of its own', async () => {
    const outcome = await bench.engine.launch(
      action('home-linux-u1', 'autogit-test/runner:user'),
      credential,
      bench.context(),
    );
    expect(outcome).toMatchObject({ kind: 'done' });
    await untilUp('home-linux-u1');
    expect((await runners()).find((runner) => runner.name === 'home-linux-u1')).toMatchObject({ state: 'running' });
  });

  it('finish what they do when retired, and leave nothing behind', async () => {
    for (const runner of await runners()) {
      const before = Date.now();
      expect(await bench.engine.retire(runner.id, 20_000, bench.context())).toEqual({ kind: 'done' });
      expect(Date.now() - before).toBeGreaterThan(900);
      expect(await bench.engine.retire(runner.id, 20_000, bench.context())).toMatchObject({ kind: 'done' });
    }
    expect(await runners()).toEqual([]);
    expect(await api<{ Volumes: unknown[] | null }>(real.socket, 'GET', '/volumes')).toMatchObject({ Volumes: [] });
  });

  it('that ended by themselves are seen with their exit code and cleared', async () => {
    const bad: RunnerCredential = { ...credential, files: [{ path: '.runner', content: new Secret('{}') }] };
    await bench.engine.launch(action('home-linux-b1'), bad, bench.context());
    await expect.poll(async () => (await runners())[0]?.state, { timeout: 60_000 }).toBe('exited');
    const [ended] = await runners();
    expect(ended).toMatchObject({ exitCode: 3, exit: 'ended with code 3', forgeId: '42' });
    expect(await bench.engine.retire(ended?.id ?? '', 0, bench.context())).toEqual({
      kind: 'done',
      logs: ['no credential in /runner'],
    });
    expect(await runners()).toEqual([]);
  });

  it('whose image lacks the program end with a reason that names both', async () => {
    const image = 'autogit-test/no-runner:1';
    await importImage(real, { tag: image, files: {} });
    expect(await bench.engine.launch(action('home-linux-p1', image), credential, bench.context())).toMatchObject({
      kind: 'done',
    });
    await expect.poll(async () => (await runners())[0]?.state, { timeout: 60_000 }).toBe('exited');
    const [ended] = await runners();
    expect(ended?.exit).toBe(
      'ended with code 127: gitea-runner is not in image autogit-test/no-runner:1; choose an image that has it',
    );
    const cleared = await bench.engine.retire(ended?.id ?? '', 0, bench.context());
    expect(cleared).toMatchObject({ kind: 'done', logs: [expect.stringContaining('gitea-runner')] });
  });

  it('that need too much memory end with a reason that says so', async () => {
    const image = 'autogit-test/hungry:1';
    const text = '#!/bin/sh\necho eating\nexec tail -c 200000000 /dev/zero\n';
    await importImage(real, { tag: image, files: { '/usr/local/bin/gitea-runner': { text, mode: 0o755 } } });
    await bench.engine.launch(action('home-linux-m1', image), credential, bench.context());
    await expect.poll(async () => (await runners())[0]?.state, { timeout: 60_000 }).toBe('exited');
    const [ended] = await runners();
    expect(ended?.exit).toMatch(/^ended with code 137: (out of memory|killed \(SIGKILL\), often by the memory limit)/);
    expect(ended?.exit).toContain('limit 64 MiB');
    expect(await bench.engine.retire(ended?.id ?? '', 0, bench.context())).toEqual({ kind: 'done', logs: ['eating'] });
  });

  it('of which a cut launch left only the folder are cleared through act, also when the forge is gone', async () => {
    const volume = (name: string, deployment: string) =>
      api(real.socket, 'POST', '/volumes/create', {
        Name: name,
        Labels: {
          'autogit.dev/platform': 'home',
          'autogit.dev/deployment': deployment,
          'autogit.dev/pool': 'linux',
          'autogit.dev/runner': name,
        },
      });
    await volume('home-linux-f1', scope.deployment);
    await volume('home-linux-f2', 'of-someone-else');
    const seen = await runners();
    expect(seen.map(({ id, state }) => `${id} ${state}`)).toEqual(['volume/home-linux-f1 exited']);
    const clear = (name: string): Action => ({
      kind: 'clear-runner',
      id: `clear-runner:${name}`,
      host: 'local',
      reason: 'has ended',
      cause: 'cleanup',
      after: [],
      pool: 'linux',
      runner: `volume/${name}`,
      name,
    });
    const outcomes = await act({
      plan: {
        digest: 'd',
        revision: 'r',
        actions: [clear('home-linux-f1'), clear('home-linux-f2')],
        holds: [],
        decisions: [],
      },
      engineOf: () => bench.engine,
      service: undefined,
      store: openStore({ directory: ':memory:', clock, log: bench.log, adoptOnlyWhenNew: false }),
      clock,
      log: bench.log,
      scope,
      secret: async (id) => fail('not-found', id),
      signal: AbortSignal.timeout(120_000),
      limits: { actionMs: 60_000, retireGapMs: 10, retireGraceMs: 1000 },
      onProgress: () => {},
    });
    expect(Object.values(outcomes).map(({ kind }) => kind)).toEqual(['done', 'done']);
    const left = await api<{ Volumes: { Name: string }[] | null }>(real.socket, 'GET', '/volumes');
    expect(left.Volumes?.map(({ Name }) => Name)).toEqual(['home-linux-f2']);
    await api(real.socket, 'DELETE', '/volumes/home-linux-f2');
  });

  it('whose launch was cut off anywhere are seen as ended and cleared with their folder', async () => {
    for (const write of [1, 3, 4, 6, 7]) {
      const proxy = await startApiProxy(real.socket);
      const killed = benchOn(proxy.url);
      proxy.cutAtWrite(write, 'after');
      await killed.engine.launch(action(`home-linux-c${write}`), credential, killed.context());
      killed.engine.close();
      await proxy.close();
      for (const runner of await runners()) {
        expect(runner.name).toBe(`home-linux-c${write}`);
        expect(await bench.engine.retire(runner.id, 5000, bench.context())).toMatchObject({ kind: 'done' });
      }
      expect(await runners(), `cut after write ${write}`).toEqual([]);
      const left = await api<{ Volumes: { Name: string }[] | null }>(real.socket, 'GET', '/volumes');
      expect(left.Volumes ?? []).toEqual([]);
      expect(await api(real.socket, 'GET', '/containers/json?all=1')).toEqual([]);
    }
  });

  it('whose program does not exist leave nothing', async () => {
    const outcome = await bench.engine.launch(
      action('home-linux-d1', 'autogit-test/plain:1'),
      credential,
      bench.context(),
    );
    expect(outcome.kind === 'failed' || (await runners())[0]?.state === 'exited').toBe(true);
    for (const runner of await runners()) await bench.engine.retire(runner.id, 0, bench.context());
    expect(await runners()).toEqual([]);
  });
});
