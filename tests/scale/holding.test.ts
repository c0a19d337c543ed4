import { describe, expect, it } from 'vitest';
import { scalePools } from '../../reconciler/plan/scale.ts';
import { explainDecision } from '../../reconciler/plan/scale-explain.ts';
import {
  aHost,
  aPool,
  atForge,
  failed,
  fresh,
  jobs,
  NOON,
  onHost,
  remembers,
  snapshotOf,
  stale,
  type World,
} from './world.ts';

const decide = (world: World) => scalePools(snapshotOf(world));
const NAMES = ['home-linux-1', 'home-linux-2'];
const idle: World = {
  hosted: NAMES.map((name) => onHost(name)),
  forge: NAMES.map((name) => atForge(name)),
  memory: { linux: remembers(Object.fromEntries(NAMES.map((name) => [name, NOON - 600_000]))) },
};
const empty = { queued: [], running: [] };
const full = { queued: jobs(9), running: [] };

describe('a pool is held', () => {
  it('when the queue cannot be read: nothing starts, nothing ends', () => {
    const { actions, decisions, holds } = decide({
      ...idle,
      demand: failed('the forge answered 503 for the job queue'),
    });
    expect(actions).toEqual([]);
    expect(decisions[0]).toMatchObject({ held: true, current: 2, desired: 2 });
    expect(decisions[0]?.sentence).toBe(
      'the job queue could not be read: the forge answered 503 for the job queue: the size is held at 2',
    );
    expect(holds[0]?.next).toBe('nothing, if this passes: the next read that works resumes');
  });

  it('when only an old value of the queue is there, full or empty', () => {
    for (const demand of [empty, full]) {
      expect(decide({ ...idle, demand: stale(demand, 'timeout') }).actions).toEqual([]);
      expect(decide({ ...idle, demand: fresh(demand, NOON - 121_000) }).actions, 'two minutes old').toEqual([]);
    }
  });

  it('when an older reading comes after a newer one', () => {
    const memory = { linux: remembers({}, { demandAt: NOON - 1000 }) };
    expect(decide({ memory, demand: fresh(full, NOON - 2000) }).actions).toEqual([]);
    expect(decide({ memory, demand: fresh(full, NOON - 500) }).actions).toHaveLength(9);
  });

  it('after a clock that went back, only until a newer reading is there', () => {
    const memory = { linux: remembers({}, { demandAt: NOON + 3_600_000, tokensAt: NOON + 3_600_000, tokens: 5 }) };
    expect(decide({ memory, queued: jobs(9) }).actions).toHaveLength(5);
  });

  it('when the forge refuses the token, even with a fresh queue', () => {
    const { actions, holds } = decide({
      ...idle,
      queued: jobs(9),
      forgeRunners: failed('no scope read:admin', 'unauthorized'),
    });
    expect(actions).toEqual([]);
    expect(holds[0]).toMatchObject({
      next: 'set or correct the token of the forge, as the reason says; the next read that works resumes',
    });
  });

  it('until the time the forge asked to wait for', () => {
    const failure = { kind: 'rate-limited', detail: 'the forge asks to wait 30 s', untilMs: NOON + 30_000 } as const;
    expect(decide({ demand: { kind: 'failed', at: NOON, failure } }).holds[0]?.next).toBe(
      'nothing: it is asked again in 30 s',
    );
  });

  it('without a burst afterwards: the runners that are there count at once', () => {
    const { memory } = decide({ ...idle, demand: failed('down') });
    const { actions } = scalePools(snapshotOf({ ...idle, at: NOON + 600_000, queued: jobs(3), memory }));
    expect(actions.map((action) => action.id)).toEqual(['launch-runner:home-linux-3']);
  });

  it('downwards when the runners at the forge or a host cannot be read; it may still grow', () => {
    const blind: readonly Partial<World>[] = [
      { forgeRunners: failed('timeout', 'timeout') },
      { hosts: { local: stale(aHost(idle.hosted), 'no route') } },
    ];
    for (const part of blind) {
      const { actions, decisions } = decide({ ...idle, ...part });
      expect(actions).toEqual([]);
      expect(decisions[0]).toMatchObject({ held: true, desired: 2 });
    }
    const more = decide({ ...idle, forgeRunners: failed('timeout', 'timeout'), queued: jobs(3) });
    expect(more.actions.map((action) => action.kind)).toEqual(['launch-runner']);
  });
});

describe('a host that does not answer', () => {
  const hosts = { local: fresh(aHost()), far: failed('no route') };
  const pools = [aPool({ hosts: ['far', 'local'] })];

  it('is not an empty host: its runners count, known by their registrations', () => {
    const forge = NAMES.map((name) => atForge(name));
    const { actions, decisions } = decide({ hosts, pools, forge, queued: jobs(3) });
    expect(decisions[0]).toMatchObject({ current: 2, desired: 3 });
    expect(actions).toMatchObject([{ kind: 'launch-runner', host: 'local', name: 'home-linux-3' }]);
  });

  it('gets no runner, and lets no registration be removed', () => {
    const memory = { linux: remembers({}, { orphans: ['f-home-linux-1'], orphanSince: { 'f-home-linux-1': 0 } }) };
    const forge = [atForge('home-linux-1', { online: false })];
    expect(decide({ hosts, pools, forge, memory }).actions).toEqual([]);
  });
});

it('decides the same for the same snapshot, and nothing more when its plan was carried out', () => {
  const world: World = { queued: jobs(7), pools: [aPool({ max: 5 })] };
  const first = decide(world);
  expect(JSON.stringify(decide(world))).toBe(JSON.stringify(first));
  const names = first.actions.map((action) => ('name' in action ? action.name : ''));
  const after = {
    ...world,
    hosted: names.map((name) => onHost(name, { of: aPool({ max: 5 }), startedAt: NOON })),
    memory: first.memory,
  };
  expect(decide(after).actions).toEqual([]);
});

it('explains a decision with the age of every input and every step', () => {
  const [decision] = decide({
    queued: jobs(30),
    pools: [aPool({ max: 25 })],
    demand: fresh({ queued: jobs(30), running: [] }, NOON - 4000),
  }).decisions;
  if (decision === undefined) throw new Error('no decision');
  expect(explainDecision(decision, NOON + 6000)).toMatchInlineSnapshot(`
    "pool linux: 0 → 20 runners (decided 6 s ago)
    30 jobs wait, 0 of 0 runners busy: starting 20 (20 may be started at once)

    inputs
      queued jobs       30   read 10 s ago
      longest wait      5 s  read 10 s ago
      busy runners      0    read 10 s ago
      idle runners      0    read 6 s ago
      starting runners  0    read 6 s ago
      idle target       0    from the file

    steps
      wanted  30       busy + queued + idle target
      max     30 → 25  at most 25 as the file says
      hosts   25 → 25  they fit on the hosts
      burst   25 → 20  20 may be started at once
      result  20
    "
  `);
});
