import { describe, expect, it } from 'vitest';
import { scalePools } from '../../reconciler/plan/scale.ts';
import { aHost, aPool, atForge, fresh, jobs, NOON, onHost, remembers, runs, snapshotOf, type World } from './world.ts';

const decide = (world: World, options = {}) => scalePools(snapshotOf(world), options);
const acted = (world: World, options = {}): readonly string[] =>
  decide(world, options).actions.map((action) => action.id);

const NAMES = ['home-linux-1', 'home-linux-2', 'home-linux-3', 'home-linux-4'];
/** Runners that have been idle for ten minutes, oldest first. */
function idle(names: readonly string[], more: Partial<World> = {}): World {
  return {
    hosted: names.map((name, i) => onHost(name, { startedAt: NOON - 900_000 + i })),
    forge: names.map((name) => atForge(name)),
    memory: { linux: remembers(Object.fromEntries(names.map((name, i) => [name, NOON - 600_000 + i]))) },
    ...more,
  };
}

describe('a pool shrinks', () => {
  it('by at most half of its surplus per pass, oldest first', () => {
    const { actions, decisions } = decide(idle(NAMES));
    expect(actions.map((action) => action.id)).toEqual(['retire-runner:home-linux-1', 'retire-runner:home-linux-2']);
    expect(decisions[0]?.sentence).toBe(
      '0 jobs wait, 0 of 4 runners busy: ending 2 idle (at most half of the surplus of 4 ends per pass)',
    );
  });

  it('only after the idle time, counted from when it became idle and not from its start', () => {
    const since = { 'home-linux-1': NOON - 59_000 };
    const early = idle(['home-linux-1'], { memory: { linux: remembers(since) } });
    expect(acted(early)).toEqual([]);
    expect(decide(early).decisions[0]?.sentence).toBe(
      '0 jobs wait, 0 of 1 runner busy: none started or ended, idle for 59 s of 60 s',
    );
    expect(acted({ ...early, at: NOON + 1_000 })).toEqual(['retire-runner:home-linux-1']);
  });

  it('not before the surplus has lasted for the idle time, so that a flapping queue churns nothing', () => {
    let memory = idle(['home-linux-1']).memory ?? {};
    for (let tick = 0; tick < 100; tick += 1) {
      const at = NOON + tick * 10_000;
      const queued = tick % 2 === 0 ? jobs(1) : [];
      const scaling = scalePools(snapshotOf({ ...idle(['home-linux-1']), at, queued, memory }));
      expect(scaling.actions).toEqual([]);
      memory = scaling.memory;
    }
  });

  it('only when an empty queue was read twice', () => {
    const memory = { linux: remembers({ 'home-linux-1': NOON - 600_000 }) };
    const { emptySince: _, ...unconfirmed } = memory.linux;
    const first = decide(idle(['home-linux-1'], { memory: { linux: unconfirmed } }));
    expect(first.actions).toEqual([]);
    expect(first.decisions[0]?.clamps.at(-1)?.name).toBe('confirm');
    const same = scalePools(snapshotOf({ ...idle(['home-linux-1']), memory: first.memory }));
    expect(same.actions, 'the same reading again confirms nothing').toEqual([]);
    expect(acted({ ...idle(['home-linux-1']), at: NOON + 1000, memory: first.memory })).toEqual([
      'retire-runner:home-linux-1',
    ]);
  });

  it('down to its minimum and its idle target', () => {
    expect(acted({ ...idle(NAMES), pools: [aPool({ min: 3 })] })).toHaveLength(1);
    expect(acted({ ...idle(NAMES), pools: [aPool({ idle: 4 })] })).toEqual([]);
  });

  it('when its maximum is lowered: idle ones at once, busy ones when their jobs are done', () => {
    const world = idle(NAMES, {
      pools: [aPool({ max: 1 })],
      running: NAMES.slice(0, 2).map((name) => runs(name)),
      memory: { linux: remembers({ 'home-linux-3': NOON - 1, 'home-linux-4': NOON - 1 }) },
    });
    expect(acted(world)).toEqual(['retire-runner:home-linux-3', 'retire-runner:home-linux-4']);
  });

  it('when its pool is taken out of the file: idle ones end, busy ones finish', () => {
    const world = idle(NAMES.slice(0, 2), { pools: [], running: [runs('home-linux-2')] });
    const { actions, decisions } = decide(world);
    expect(actions.map((action) => action.id)).toEqual(['retire-runner:home-linux-1']);
    expect(decisions.map(({ pool, desired }) => ({ pool, desired }))).toEqual([{ pool: 'linux', desired: 1 }]);
  });

  it('not for a booting runner that is no longer needed: it becomes idle first', () => {
    const hosted = [onHost('home-linux-1', { startedAt: NOON - 5000 })];
    expect(
      acted({ hosted, forge: [atForge('home-linux-1', { online: false })], memory: { linux: remembers({}) } }),
    ).toEqual([]);
  });
});

describe('a busy runner', () => {
  it('is never ended, whatever the pool says', () => {
    const hosted = NAMES.map((name) => onHost(name, { digest: 'older' }));
    const world = { ...idle(NAMES), hosted, pools: [aPool({ max: 0 })], running: NAMES.map((name) => runs(name)) };
    expect(acted(world)).toEqual([]);
  });

  it('is known by its job and not by its registration being online', () => {
    const world = idle(['home-linux-1'], {
      running: [runs('home-linux-1')],
      forge: [atForge('home-linux-1', { online: false })],
    });
    expect(acted({ ...world, pools: [aPool({ max: 0 })] })).toEqual([]);
  });

  it('may be any of the idle-looking ones when the forge does not tell who has the job', () => {
    const running = [{ id: '1', name: 'build', project: '', startedAt: NOON, labels: ['linux'] }];
    const { actions, decisions } = decide(idle(NAMES, { running, pools: [aPool({ max: 1 })] }));
    expect(actions).toEqual([]);
    expect(decisions[0]?.inputs.find((input) => input.name === 'busy runners')?.value).toBe(1);
    expect(acted(idle(NAMES, { running, queued: jobs(4) })), 'and counts as busy').toEqual([
      'launch-runner:home-linux-5',
    ]);
  });

  it('that runs for very long is pointed out and left alone', () => {
    const world = idle(['home-linux-1'], { running: [runs('home-linux-1', NOON - 7 * 3_600_000)] });
    expect(decide(world)).toMatchObject({
      actions: [],
      holds: [
        {
          subject: 'linux',
          reason: 'job build on home-linux-1 runs for 7 h',
          next: 'a busy runner is never stopped: cancel the job at the forge if it hangs',
        },
      ],
    });
  });

  it('that is gone from its host leaves a job that only the forge can end, and that is said', () => {
    expect(decide({ running: [runs('home-linux-9')] }).holds[0]?.reason).toBe(
      'job build runs on home-linux-9 as the forge says, but that runner is gone',
    );
  });
});

describe('a runner', () => {
  it('made from an older description is drained when idle, half of them per pass, and replaced', () => {
    const pools = [aPool({ image: 'runner:2', min: 2, max: 3 })];
    const world = idle(NAMES.slice(0, 2), { pools });
    expect(acted(world)).toEqual(['launch-runner:home-linux-3', 'retire-runner:home-linux-1']);
  });

  it('on a host that its pool no longer names is drained as well', () => {
    const hosts = { local: fresh(aHost(idle(NAMES.slice(0, 1)).hosted)), other: fresh(aHost()) };
    expect(acted({ ...idle(NAMES.slice(0, 1)), hosts, pools: [aPool({ hosts: ['other'], min: 1 })] })).toEqual([
      'launch-runner:home-linux-2',
      'retire-runner:home-linux-1',
    ]);
  });

  it('that was asked to end and is still there is asked again, and counts until it is gone', () => {
    const world = idle(NAMES.slice(0, 2), {
      pools: [aPool({ max: 2 })],
      queued: jobs(5),
      forge: [atForge('home-linux-1', { disabled: true }), atForge('home-linux-2')],
    });
    expect(acted(world)).toEqual(['retire-runner:home-linux-1']);
  });

  it('that has ended is cleared away', () => {
    expect(acted({ hosted: [onHost('home-linux-1', { state: 'exited', exitCode: 0 })] })).toEqual([
      'clear-runner:home-linux-1',
    ]);
  });

  it('that lost contact is left alone for three minutes, then replaced when the forge knows no job of it', () => {
    const offline = {
      ...idle(['home-linux-1']),
      pools: [aPool({ min: 1 })],
      forge: [atForge('home-linux-1', { online: false })],
    };
    const first = decide(offline);
    expect(first.actions).toEqual([]);
    const soon = scalePools(snapshotOf({ ...offline, at: NOON + 170_000, memory: first.memory }));
    expect(soon.actions).toEqual([]);
    const late = scalePools(snapshotOf({ ...offline, at: NOON + 190_000, memory: soon.memory }));
    expect(late.actions.map((action) => action.id)).toEqual([
      'launch-runner:home-linux-2',
      'retire-runner:home-linux-1',
    ]);
  });

  it('whose registration has gone is ending: it takes no job, and counts until it is gone', () => {
    const world = idle(['home-linux-1'], { forge: [], queued: jobs(1), pools: [aPool({ max: 1 })] });
    expect(acted(world)).toEqual([]);
    expect(acted({ ...world, pools: [aPool({ max: 2 })] })).toEqual(['launch-runner:home-linux-2']);
  });
});

describe('a runner that never comes up', () => {
  const stuck = (name: string, at: number) => onHost(name, { startedAt: at - 301_000 });

  it('is given up at the boot deadline, counted once, and replaced', () => {
    const world: World = {
      hosted: [stuck('home-linux-1', NOON)],
      forge: [atForge('home-linux-1', { online: false })],
      queued: jobs(1),
    };
    const { actions, memory } = decide(world);
    expect(actions.map((action) => action.id)).toEqual(['launch-runner:home-linux-2', 'retire-runner:home-linux-1']);
    expect(memory.linux?.failures).toEqual([NOON]);
    const again = scalePools(snapshotOf({ ...world, at: NOON + 1000, memory }));
    expect(again.memory.linux?.failures).toEqual([NOON]);
  });

  it('makes the pool wait longer each time, and try one at a time', () => {
    const memory = (failures: readonly number[]) => ({ linux: remembers({}, { failures }) });
    const tries = (failures: readonly number[], at = NOON) =>
      acted({ queued: jobs(3), memory: memory(failures), at }).length;
    expect(tries([NOON])).toBe(3);
    expect(tries([NOON - 1000, NOON])).toBe(0);
    expect(tries([NOON - 1000, NOON], NOON + 10_000)).toBe(1);
    expect(tries([NOON - 2, NOON - 1, NOON], NOON + 19_000)).toBe(0);
    expect(tries([NOON - 2, NOON - 1, NOON], NOON + 20_000)).toBe(1);
    const { holds } = decide({ queued: jobs(3), memory: memory([NOON - 2, NOON - 1, NOON]) });
    expect(holds).toEqual([
      {
        subject: 'linux',
        reason: '3 more wanted: 3 starts failed in a row, next try in 20 s',
        next: 'correct what kept it from starting; a changed pool is tried at once, and the first that comes up ends the pause',
      },
    ]);
  });

  it('holds up no other pool', () => {
    const pools = [aPool(), aPool({ id: 'other', labels: ['other'] })];
    const memory = { linux: remembers({}, { failures: [NOON, NOON, NOON] }) };
    expect(acted({ pools, memory, queued: [...jobs(1), ...jobs(1, ['other'])] })).toEqual([
      'launch-runner:home-other-1',
    ]);
  });

  it('is forgotten when a later one comes up', () => {
    const world = { hosted: [onHost('home-linux-2')], forge: [atForge('home-linux-2')] };
    const { memory } = decide({ ...world, memory: { linux: remembers({}, { failures: [NOON - 5, NOON - 4] }) } });
    expect(memory.linux?.failures).toEqual([]);
  });

  it('is known by an error code before it was online; one that did its job quickly is none', () => {
    const ended = (exitCode: number) =>
      decide({ hosted: [onHost('home-linux-1', { state: 'exited', exitCode })] }).memory.linux?.failures;
    expect(ended(1)).toEqual([NOON]);
    expect(ended(0)).toEqual([]);
  });
});

describe('a registration without a runner', () => {
  const orphan = {
    forge: [
      atForge('home-linux-9', { online: false }),
      atForge('home-linux-x', { online: false }),
      atForge('stranger-1', { online: false }),
    ],
  };

  it('is marked in the first pass and removed in a later one, a minute on', () => {
    const first = decide(orphan);
    expect(first.actions).toEqual([]);
    expect(first.memory.linux?.orphans).toEqual(['f-home-linux-9']);
    const soon = scalePools(snapshotOf({ ...orphan, at: NOON + 30_000, memory: first.memory }));
    expect(soon.actions).toEqual([]);
    const later = scalePools(snapshotOf({ ...orphan, at: NOON + 61_000, memory: soon.memory }));
    expect(later.actions.map((action) => action.id)).toEqual(['deregister-runner:home-linux-9:f-home-linux-9']);
  });

  it('is left alone when it is online, has a job, or when its runner may be on a host that does not answer', () => {
    const marked = {
      memory: {
        linux: remembers({}, { orphans: ['f-home-linux-9'], orphanSince: { 'f-home-linux-9': NOON - 600_000 } }),
      },
    };
    expect(acted({ ...marked, forge: [atForge('home-linux-9', { online: false })] })).toHaveLength(1);
    expect(acted({ ...marked, forge: [atForge('home-linux-9')] })).toEqual([]);
    expect(
      acted({ ...marked, forge: [atForge('home-linux-9', { online: false })], running: [runs('home-linux-9')] }),
    ).toEqual([]);
    expect(acted({ ...marked, forge: [atForge('home-linux-9', { online: false })], adoptOnly: true })).toEqual([]);
  });
});
