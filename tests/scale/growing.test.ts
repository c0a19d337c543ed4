import { describe, expect, it } from 'vitest';
import { scalePools } from '../../reconciler/plan/scale.ts';
import { aHost, aPool, atForge, fresh, job, jobs, NOON, onHost, runs, snapshotOf, type World } from './world.ts';

const GIB = 1024 ** 3;
const decide = (world: World, options = {}) => scalePools(snapshotOf(world), options);
const launched = (world: World, options = {}): readonly string[] =>
  decide(world, options).actions.flatMap((action) => (action.kind === 'launch-runner' ? [action.name] : []));
const sentence = (world: World): string => decide(world).decisions[0]?.sentence ?? '';

describe('a pool grows', () => {
  it('by one runner for one job', () => {
    expect(decide({ queued: jobs(1) }).actions).toEqual([
      {
        kind: 'launch-runner',
        id: 'launch-runner:home-linux-1',
        host: 'local',
        reason: '1 job waits, pool linux 0 → 1',
        cause: 'load',
        after: [],
        pool: 'linux',
        name: 'home-linux-1',
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        image: 'runner:1',
        labels: ['linux'],
        cpus: 1,
        memoryBytes: GIB,
      },
    ]);
    expect(sentence({ queued: jobs(1) })).toBe('1 job waits, 0 of 0 runners busy: starting 1');
  });

  it('once for a job that is told of twice', () => {
    expect(launched({ queued: [job('7#0'), job('7#0')] })).toHaveLength(1);
  });

  it('not for a job that is in the list of running ones by now', () => {
    const running = [{ ...runs('home-linux-1'), id: '7#0' }];
    const world = { queued: [job('7#0')], running, hosted: [onHost('home-linux-1')], forge: [atForge('home-linux-1')] };
    expect(launched(world)).toEqual([]);
  });

  it('by no more than its burst at once, and then at its rate', () => {
    const world: World = { queued: jobs(500), hosts: { local: fresh(aHost([], { cpus: 1000, memory: 2000 * GIB })) } };
    const first = decide(world);
    expect(first.actions).toHaveLength(20);
    expect(first.decisions[0]?.clamps.at(-1)).toEqual({
      name: 'burst',
      before: 500,
      after: 20,
      reason: '20 may be started at once',
    });
    const later = scalePools({ ...snapshotOf({ ...world, at: NOON + 5_000 }), pools: first.memory });
    expect(later.actions, '2 a second').toHaveLength(10);
  });

  it('never above its maximum', () => {
    const world = { queued: jobs(30), pools: [aPool({ max: 3 })] };
    expect(launched(world)).toHaveLength(3);
    expect(sentence(world)).toBe('30 jobs wait, 0 of 0 runners busy: starting 3 (at most 3 as the file says)');
  });

  it('less by those that are starting already', () => {
    const starting = ['home-linux-1', 'home-linux-2'].map((name) => onHost(name, { startedAt: NOON - 2000 }));
    const world = {
      queued: jobs(3),
      hosted: starting,
      forge: starting.map(({ name }) => atForge(name, { online: false })),
    };
    expect(launched(world)).toEqual(['home-linux-3']);
  });

  it('not for jobs that idle runners will take', () => {
    expect(launched({ queued: jobs(1), hosted: [onHost('home-linux-1')], forge: [atForge('home-linux-1')] })).toEqual(
      [],
    );
  });

  it('to its minimum and its idle target without any job', () => {
    expect(launched({ pools: [aPool({ min: 2 })] })).toHaveLength(2);
    expect(launched({ pools: [aPool({ idle: 3 })] })).toHaveLength(3);
  });

  it('on top of busy runners, with the idle target besides', () => {
    const world = {
      pools: [aPool({ idle: 1 })],
      queued: jobs(2),
      running: [runs('home-linux-1')],
      hosted: [onHost('home-linux-1')],
      forge: [atForge('home-linux-1')],
    };
    expect(launched(world)).toEqual(['home-linux-2', 'home-linux-3', 'home-linux-4']);
  });

  it('with names that were never used, from hosts, the forge and its memory', () => {
    const world = {
      queued: jobs(1),
      forge: [atForge('home-linux-41', { online: false })],
      hosted: [onHost('home-linux-7', { state: 'exited' })],
    };
    expect(launched(world)).toEqual(['home-linux-42']);
  });
});

describe('a job', () => {
  it('is charged to one pool only, the least special that can take it', () => {
    const pools = [aPool({ id: 'gpu', labels: ['gpu', 'linux'] }), aPool()];
    expect(launched({ pools, queued: [job('1'), job('2', ['gpu'])] })).toEqual(['home-gpu-1', 'home-linux-1']);
  });

  it('goes to the next pool when the first is full', () => {
    const pools = [aPool({ max: 1 }), aPool({ id: 'spill', labels: ['linux', 'big'] })];
    expect(launched({ pools, queued: jobs(3) })).toEqual(['home-linux-1', 'home-spill-1', 'home-spill-2']);
  });

  it('without labels fits any pool; with an empty one none', () => {
    expect(launched({ queued: [job('1', [])] })).toHaveLength(1);
    const empty = decide({ queued: [job('1', [''])] });
    expect(empty.actions).toEqual([]);
    expect(empty.holds).toEqual([
      {
        subject: 'queue',
        reason: '1 job asks for labels [] that no pool has all of',
        next: 'an expression in `runs-on` came out empty: correct it in the workflow',
      },
    ]);
  });

  it('matches labels exactly', () => {
    expect(launched({ queued: [job('1', ['Linux'])] })).toEqual([]);
  });

  it('that no pool can take is reported once with the next step, and scales nothing', () => {
    const scaling = decide({ queued: [...jobs(3, ['arch:arm64']), ...jobs(2, ['linux', 'gpu'])] });
    expect(scaling.actions).toEqual([]);
    expect(scaling.holds).toEqual([
      {
        subject: 'queue',
        reason: '3 jobs ask for labels [arch:arm64] that no pool has all of',
        next: `a runner's label cannot hold a colon: write "arch-arm64" in the workflow and under runners`,
      },
      {
        subject: 'queue',
        reason: '2 jobs ask for labels [gpu, linux] that no pool has all of',
        next: 'add a pool with gpu under runners, or change runs-on in the workflow',
      },
    ]);
  });
});

describe('hosts', () => {
  it('get runners by turns, the emptier first, as many as fit', () => {
    const hosts = {
      a: fresh(aHost([onHost('home-linux-1', { host: 'a' })], { cpus: 3, memory: 8 * GIB })),
      b: fresh(aHost([], { cpus: 8, memory: 3 * GIB })),
    };
    const pools = [aPool({ hosts: ['a', 'b'], cpus: 1, memory: GIB })];
    const world = { pools, hosts, queued: jobs(9), running: [runs('home-linux-1')], forge: [atForge('home-linux-1')] };
    const { actions, decisions, holds } = decide(world);
    expect(actions.map((action) => action.host)).toEqual(['b', 'a', 'b', 'a', 'b']);
    expect(decisions[0]).toMatchObject({ current: 1, desired: 6 });
    expect(holds[0]?.reason).toBe(
      '4 more wanted: a has 2 of 3 cpus and 7 of 8 GiB left, b has 8 of 8 cpus and 3 of 3 GiB left; a runner takes 1 cpus and 1 GiB',
    );
  });

  it('keep the memory of their containers free', () => {
    const unit = { kind: 'container', id: 'container/local/forge', host: 'local', spec: { memoryBytes: 3 * GIB } };
    const hosts = { local: fresh(aHost([], { cpus: 8, memory: 4 * GIB })) };
    expect(launched({ hosts, queued: jobs(4), units: [unit as never] })).toHaveLength(1);
  });

  it('of another architecture get none, and the reason says so', () => {
    const hosts = { local: fresh(aHost([], { arch: 'aarch64' })) };
    const { actions, holds } = decide({ hosts, queued: jobs(1), pools: [aPool({ arch: ['riscv64'] })] });
    expect(actions).toEqual([]);
    expect(holds[0]?.reason).toBe('1 more wanted: no host has the architecture riscv64 (local is arm64)');
    expect(launched({ hosts, queued: jobs(1), pools: [aPool({ arch: ['amd64', 'arm64'] })] })).toHaveLength(1);
  });

  it('serve the pool that waits longest first', () => {
    const hosts = { local: fresh(aHost([], { cpus: 1 })) };
    const pools = [aPool({ id: 'a', labels: ['a'] }), aPool({ id: 'b', labels: ['b'] })];
    const queued = [job('1', ['a'], NOON - 1000), job('2', ['b'], NOON - 9000)];
    expect(launched({ hosts, pools, queued })).toEqual(['home-b-1']);
  });

  it('run no more in one pool than the policy allows, and the decision says so', () => {
    const world = {
      pools: [aPool({ max: 10 })],
      queued: jobs(6),
      hosted: [onHost('home-linux-1', { state: 'draining' })],
    };
    const { actions, decisions, holds } = decide(world, { poolMax: 4 });
    expect(actions.filter(({ kind }) => kind === 'launch-runner')).toHaveLength(3);
    expect(decisions[0]).toMatchObject({
      desired: 3,
      sentence:
        '6 jobs wait, 0 of 0 runners busy: starting 3 (the policy file allows 4 runners in a pool, 1 of them is ending)',
    });
    expect(holds).toContainEqual({
      subject: 'linux',
      reason: '3 more wanted: the policy file allows 4 runners in a pool, 1 of them is ending',
      next: 'raise poolMax in the policy file of the host',
    });
  });

  it('start none in a pool, or on a host, that the policy forbids, and say why', () => {
    const pool = { pools: [aPool({ hosts: ['a', 'b'] })], queued: jobs(2) };
    const hosts = { a: fresh(aHost()), b: fresh(aHost()) };
    expect(decide({ ...pool, hosts }, { forbidden: { linux: 'pool linux asks for too much' } })).toMatchObject({
      actions: [],
      decisions: [
        { desired: 0, sentence: expect.stringMatching(/none started or ended, pool linux asks for too much$/) },
      ],
    });
    const onB = decide({ ...pool, hosts }, { forbidden: { a: 'host a starts programs' } }).actions;
    expect(onB.map(({ host }) => host)).toEqual(['b', 'b']);
    const none = decide({ ...pool, hosts }, { forbidden: { a: 'host a starts programs', b: 'host b too' } });
    expect(none.decisions[0]?.sentence).toContain('host a starts programs');
  });

  it('run no more than the policy allows over all pools', () => {
    const pools = [aPool({ id: 'a', labels: ['a'] }), aPool({ id: 'b', labels: ['b'] })];
    const world = { pools, queued: [...jobs(3, ['a']), ...jobs(3, ['b'])] };
    expect(launched(world, { policyMax: 4 })).toHaveLength(4);
  });
});
