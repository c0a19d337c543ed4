import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../cli/clock.ts';
import type { RunnerAction } from '../../reconciler/model/plan.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import type { Clock } from '../../reconciler/ports/clock.ts';
import type { ActContext, Engine, RunnerCredential } from '../../reconciler/ports/engine.ts';
import { createProcessEngine } from '../../reconciler/process/create-process-engine.ts';
import { silentLog } from '../fakes/silent-log.ts';

/** A program in place of the runner, so that each way to end can be had at will; the real one runs in tests/real/forge. */
const PROGRAMS = {
  waits: 'trap "echo asked to end; exit 0" TERM; : > ready; while :; do sleep 0.05; done',
  'finishes its job first': 'trap "sleep 1; echo finished > job; exit 0" TERM; : > ready; while :; do sleep 0.05; done',
  'does not end': 'trap "" TERM; : > ready; while :; do sleep 0.05; done',
  'leaves a program running': '(trap "" TERM HUP; exec sleep 300) & exit 0',
  'ends at once': 'echo "level=error msg=\\"no such forge\\""; exit 3',
  'does its job quickly': 'exit 0',
  'tells what it sees': 'env | cut -d= -f1 | sort > seen; umask >> seen; while :; do sleep 0.05; done',
};

let root: string;
let engine: Engine;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'autogit-process-')));
});
afterEach(async () => {
  for (const runner of await runnersOf(engine)) await engine.retire(runner.id, 0, context());
  rmSync(root, { recursive: true, force: true });
});

const never = new AbortController().signal;
const scope = { platform: 'home', deployment: 'd1' };
const context = (more: Partial<ActContext> = {}): ActContext => ({
  scope,
  signal: never,
  deadlineMs: 10_000,
  progress: () => {},
  secret: async () => ({ ok: false, failure: { kind: 'not-found', detail: '' } }),
  ...more,
});
const credential: RunnerCredential = {
  forgeId: '7',
  program: 'gitea-runner',
  files: [{ path: '.runner', content: new Secret('one-job-token') }],
  args: ['daemon'],
};
const launchOf = (name = 'home-linux-1'): Extract<RunnerAction, { kind: 'launch-runner' }> => ({
  kind: 'launch-runner',
  id: `launch-runner:${name}`,
  host: 'local',
  reason: '',
  cause: 'load',
  after: [],
  pool: 'linux',
  name,
  digest: 'abc',
  image: '',
  labels: ['linux'],
  cpus: 1,
  memoryBytes: 1,
});

function engineWith(program: keyof typeof PROGRAMS, clock = systemClock): Engine {
  const file = join(root, 'gitea-runner');
  writeFileSync(file, `#!/bin/sh\n${PROGRAMS[program]}\n`);
  chmodSync(file, 0o755);
  engine = again(clock);
  return engine;
}
/** Another engine on the same folder: the reconciler after a restart. */
const again = (clock = systemClock): Engine =>
  createProcessEngine({
    host: 'local',
    directory: join(root, 'runners'),
    programs: { 'gitea-runner': join(root, 'gitea-runner') },
    clock,
    log: silentLog,
  });
/** The first look at a runner comes when it has ended, however busy the machine is. */
const afterItsEnd: Clock = { ...systemClock, sleep: () => until(() => existsSync(join(folder(), 'exit'))) };
/** From then on it can be asked to end. */
const untilReady = (): Promise<void> => until(() => existsSync(join(folder(), 'home', 'ready')));
async function runnersOf(one: Engine) {
  const state = await one.observe(scope, never);
  if (!state.ok) throw new Error(state.failure.detail);
  return state.value.runners;
}
const folder = (name = 'home-linux-1') => join(root, 'runners', 'home.d1', name);
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 45_000; Date.now() < end; await sleep(20)) if (await holds()) return;
  throw new Error('did not come true');
}

describe('a runner as a process', () => {
  it('runs, is seen with all that its pool must know, and ends when asked', async () => {
    engineWith('waits');
    const launched = await engine.launch(launchOf(), credential, context());
    await untilReady();
    expect(launched).toMatchObject({ kind: 'done', liveId: expect.stringMatching(/^\d+:.+/) });
    const [runner] = await runnersOf(engine);
    expect(runner).toMatchObject({
      host: 'local',
      pool: 'linux',
      name: 'home-linux-1',
      forgeId: '7',
      state: 'running',
      digest: 'abc',
    });
    expect(runner?.id).toBe(launched.kind === 'done' ? launched.liveId : '');
    expect(await engine.retire(runner?.id ?? '', 5_000, context())).toEqual({ kind: 'done' });
    expect(await runnersOf(engine)).toEqual([]);
    expect(existsSync(folder()), 'with its credential').toBe(false);
  });

  it('is started once, also when asked twice', async () => {
    engineWith('waits');
    const first = await engine.launch(launchOf(), credential, context());
    expect(await again().launch(launchOf(), credential, context())).toEqual({
      ...first,
      detail: 'started by an earlier run',
    });
  });

  it('is found again by a reconciler that was restarted, even when it died before noting the process', async () => {
    engineWith('waits');
    const launched = await engine.launch(launchOf(), credential, context());
    expect((await runnersOf(again()))[0]).toMatchObject({
      id: launched.kind === 'done' ? launched.liveId : '',
      state: 'running',
    });
    rmSync(join(folder(), 'process.json'));
    expect((await runnersOf(again()))[0]).toMatchObject({
      id: launched.kind === 'done' ? launched.liveId : '',
      state: 'running',
    });
  });

  it('is not mistaken for a later process with the same number', async () => {
    engineWith('waits');
    await engine.launch(launchOf(), credential, context());
    const note = join(folder(), 'process.json');
    const known = JSON.parse(readFileSync(note, 'utf8')) as { pid: number; start: string };
    writeFileSync(note, JSON.stringify({ ...known, start: '1' }));
    expect((await runnersOf(engine))[0]?.state).toBe('exited');
    writeFileSync(note, JSON.stringify(known));
    expect((await runnersOf(engine))[0]?.state).toBe('running');
  });

  it('finishes its job before it ends', async () => {
    engineWith('finishes its job first');
    await engine.launch(launchOf(), credential, context());
    await untilReady();
    const [runner] = await runnersOf(engine);
    const started = Date.now();
    const ending = engine.retire(runner?.id ?? '', 10_000, context());
    await until(async () => (await runnersOf(engine))[0]?.state === 'draining');
    expect(await ending).toEqual({ kind: 'done' });
    expect(Date.now() - started).toBeGreaterThan(900);
  });

  it('that does not end in its grace is stopped', async () => {
    engineWith('does not end');
    await engine.launch(launchOf(), credential, context());
    await untilReady();
    const [runner] = await runnersOf(engine);
    expect(await engine.retire(runner?.id ?? '', 300, context())).toEqual({ kind: 'done' });
    expect(await runnersOf(engine)).toEqual([]);
  });

  it('goes on ending when the reconciler stops waiting for it', async () => {
    engineWith('does not end');
    await engine.launch(launchOf(), credential, context());
    await untilReady();
    const [runner] = await runnersOf(engine);
    const outcome = await engine.retire(runner?.id ?? '', 60_000, context({ signal: AbortSignal.timeout(200) }));
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } });
    expect((await runnersOf(again()))[0]?.state).toBe('draining');
  });

  it('ends together with what its job left running', async () => {
    engineWith('leaves a program running');
    await engine.launch(launchOf(), credential, context());
    await until(async () => (await runnersOf(engine))[0]?.state === 'exited');
    const [runner] = await runnersOf(engine);
    expect(runningIn(folder())).toHaveLength(1);
    await engine.retire(runner?.id ?? '', 0, context());
    expect(runningIn(folder())).toEqual([]);
  });

  it('that ends at once is told with what it said, and leaves nothing', async () => {
    engineWith('ends at once', afterItsEnd);
    expect(await engine.launch(launchOf(), credential, context())).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'rejected',
        detail: 'runner home-linux-1 ended at once with code 3: level=error msg="no such forge"',
      },
    });
    expect(readdirSync(join(root, 'runners', 'home.d1'))).toEqual([]);
  });

  it('that did its job before anybody heard of its end has succeeded', async () => {
    // The thread sleeps through the job: the process is gone at the first look, and its exit code is not told yet.
    let looks = 0;
    const sleep: Clock['sleep'] = async (ms, signal) => {
      looks += 1;
      if (looks === 1) spawnSync('sleep', ['2']);
      else await systemClock.sleep(ms, signal);
    };
    const deaf: Clock = { ...systemClock, sleep };
    engineWith('does its job quickly', deaf);
    expect(await engine.launch(launchOf(), credential, context())).toMatchObject({
      kind: 'done',
      detail: 'has ended already',
    });
  });

  it('that does its job quickly has succeeded', async () => {
    engineWith('does its job quickly', afterItsEnd);
    expect(await engine.launch(launchOf(), credential, context())).toMatchObject({
      kind: 'done',
      detail: 'has ended already',
    });
    expect((await runnersOf(engine))[0]).toMatchObject({ state: 'exited', exitCode: 0 });
  });

  it('sees nothing of our environment, and nobody else sees its credential', async () => {
    process.env.AUTOGIT_FORGE_TOKEN = 'of the reconciler';
    engineWith('tells what it sees');
    await engine.launch(launchOf(), credential, context());
    delete process.env.AUTOGIT_FORGE_TOKEN;
    const seen = join(folder(), 'home', 'seen');
    await until(() => existsSync(seen) && readFileSync(seen, 'utf8').includes('0077'));
    expect(
      readFileSync(seen, 'utf8')
        .split('\n')
        .filter((name) => !['PWD', 'OLDPWD', '_', 'SHLVL'].includes(name)),
    ).toEqual(['HOME', 'LANG', 'PATH', 'TMPDIR', '0077', '']);
    expect(statSync(join(root, 'runners', 'home.d1')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder(), 'home', '.runner')).mode & 0o777).toBe(0o600);
  });
});

describe('a process host', () => {
  it('tells when a runner has ended', async () => {
    engineWith('waits');
    await engine.launch(launchOf(), credential, context());
    await untilReady();
    const stop = new AbortController();
    let woken = 0;
    const watching = engine.watch(
      scope,
      () => {
        woken += 1;
      },
      stop.signal,
    );
    process.kill(Number((await runnersOf(engine))[0]?.id.split(':')[0]), 'SIGTERM');
    await until(() => woken > 0);
    stop.abort();
    await watching;
  });

  it('knows nothing of runners of another deployment', async () => {
    engineWith('waits');
    await engine.launch(launchOf(), credential, context());
    expect(await engine.observe({ platform: 'home', deployment: 'd2' }, never)).toMatchObject({
      ok: true,
      value: { runners: [] },
    });
  });

  it('without the program says what to install', async () => {
    engine = createProcessEngine({
      host: 'lab',
      directory: join(root, 'runners'),
      programs: {},
      clock: systemClock,
      log: silentLog,
      path: join(root, 'empty'),
    });
    expect(await engine.launch(launchOf(), credential, context())).toEqual({
      kind: 'failed',
      failure: {
        kind: 'not-found',
        detail:
          'host lab has no gitea-runner or act_runner: install it, or name its path as programs.gitea-runner in the policy file',
      },
    });
  });

  it('cannot run containers, and says where they belong', async () => {
    engineWith('waits');
    const action = {
      kind: 'pull-image',
      id: 'pull-image:busybox',
      host: 'local',
      reason: '',
      cause: 'file',
      after: [],
      image: 'busybox',
    } as const;
    expect(await engine.apply(action, context())).toMatchObject({
      kind: 'failed',
      failure: { kind: 'rejected', detail: expect.stringContaining('place it on a Docker host') },
    });
  });

  it('that cannot read its folder is a failed reading and not an empty host', async () => {
    engineWith('waits');
    mkdirSync(join(root, 'runners', 'home.d1', 'home-linux-9'), { recursive: true });
    writeFileSync(join(root, 'runners', 'home.d1', 'home-linux-9', 'runner.json'), '{ cut off');
    expect(await engine.observe(scope, never)).toMatchObject({
      ok: false,
      failure: { kind: 'rejected', detail: expect.stringContaining(join(root, 'runners')) },
    });
    rmSync(join(root, 'runners', 'home.d1', 'home-linux-9'), { recursive: true });
  });

  it('with a folder that cannot be made fails the launch with the place to look at', async () => {
    engineWith('waits');
    writeFileSync(join(root, 'runners'), 'a file');
    expect(await engine.launch(launchOf(), credential, context())).toMatchObject({
      kind: 'failed',
      failure: { detail: expect.stringContaining(`check ${join(root, 'runners')}`) },
    });
    rmSync(join(root, 'runners'));
  });
});

function runningIn(path: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && realpathSync(`/proc/${pid}/cwd`).startsWith(path);
    } catch {
      return false;
    }
  });
}
