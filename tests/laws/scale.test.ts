import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { HostRunner } from '../../reconciler/model/load.ts';
import type { Reading } from '../../reconciler/model/reading.ts';
import type { Snapshot } from '../../reconciler/model/snapshot.ts';
import { scalePools } from '../../reconciler/plan/scale.ts';
import {
  aHost,
  aPool,
  atForge,
  failed,
  fresh,
  job,
  NOON,
  onHost,
  remembers,
  runs,
  snapshotOf,
  stale,
} from '../scale/world.ts';

const reading = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Reading<T>> =>
  fc.oneof(
    { weight: 4, arbitrary: value.map((it) => fresh(it)) },
    { weight: 1, arbitrary: value.map((it) => fresh(it, NOON - 200_000)) },
    { weight: 1, arbitrary: value.map((it) => stale(it, 'timeout')) },
    { weight: 1, arbitrary: fc.constantFrom(failed('down'), failed('no', 'unauthorized')) },
  );

const names = Array.from({ length: 8 }, (_, i) => `home-${i % 2 === 0 ? 'linux' : 'gpu'}-${i + 1}`);
const poolOf = (name: string): string => name.split('-')[1] ?? '';
const labels = fc.subarray(['linux', 'gpu', 'unknown']);
const age = fc.integer({ min: 0, max: 900_000 });
const hosted: fc.Arbitrary<HostRunner[]> = fc.subarray(names).chain((some) =>
  fc.tuple(
    ...some.map((name) =>
      fc
        .record({
          state: fc.constantFrom('running' as const, 'starting' as const, 'draining' as const, 'exited' as const),
          age,
          old: fc.boolean(),
        })
        .map(({ state, age: ms, old }) =>
          onHost(name, {
            of: aPool({ id: poolOf(name) }),
            pool: poolOf(name),
            state,
            startedAt: NOON - ms,
            ...(old ? { digest: 'old' } : {}),
          }),
        ),
    ),
  ),
);

const world: fc.Arbitrary<Snapshot> = fc
  .record({
    size: fc.record({
      min: fc.nat(3),
      max: fc.option(fc.nat(6), { nil: undefined }),
      idle: fc.nat(3),
      idleMs: fc.constantFrom(0, 60_000),
    }),
    queued: fc.array(labels, { maxLength: 12 }),
    running: fc.subarray(names),
    atForge: fc.array(fc.record({ name: fc.constantFrom(...names), online: fc.boolean(), disabled: fc.boolean() }), {
      maxLength: 8,
    }),
    hosted,
    idle: fc.subarray(names),
    cpus: fc.nat(12),
  })
  .chain((it) => {
    const { size } = it;
    const bounds = {
      min: size.min,
      idle: size.idle,
      idleMs: size.idleMs,
      ...(size.max === undefined ? {} : { max: size.max }),
    };
    const pools = ['linux', 'gpu'].map((id) => aPool({ id, labels: [id], ...bounds }));
    const memory = remembers(Object.fromEntries(it.idle.map((name) => [name, NOON - 700_000])));
    const demand = {
      queued: it.queued.map((set, i) => job(String(i), set)),
      running: it.running.map((name) => runs(name)),
    };
    return fc
      .record({
        demand: reading(fc.constant(demand)),
        forgeRunners: reading(fc.constant(it.atForge.map(({ name, ...more }) => atForge(name, more)))),
        local: reading(fc.constant(aHost(it.hosted, { cpus: it.cpus }))),
      })
      .map(({ demand: queue, forgeRunners, local }) =>
        snapshotOf({ pools, demand: queue, forgeRunners, hosts: { local }, memory: { linux: memory, gpu: memory } }),
      );
  });

const check = (law: (snapshot: Snapshot) => void): void =>
  fc.assert(fc.property(world, law), { numRuns: 600, seed: 20_261_121 });
const isFresh = (one: Reading<unknown>): boolean => one.kind === 'fresh' && NOON - one.at < 120_000;

it('the same snapshot gives the same bytes, and is not changed', () =>
  check((snapshot) => {
    const before = JSON.stringify(snapshot);
    expect(JSON.stringify(scalePools(snapshot))).toBe(JSON.stringify(scalePools(snapshot)));
    expect(JSON.stringify(snapshot)).toBe(before);
  }));

it('a pool never has more runners than its maximum because of a launch', () =>
  check((snapshot) => {
    const state = snapshot.hosts.local;
    const there = state === undefined || state.kind === 'failed' ? [] : state.value.runners;
    const { actions } = scalePools(snapshot);
    for (const pool of snapshot.desired.platform.pools) {
      const launches = actions.filter((action) => action.kind === 'launch-runner' && action.pool === pool.id).length;
      const present = there.filter((runner) => runner.pool === pool.id && runner.state !== 'exited').length;
      if (launches > 0) expect(present + launches).toBeLessThanOrEqual(pool.size.max ?? Infinity);
    }
  }));

it('a runner with a job is never ended', () =>
  check((snapshot) => {
    const running = snapshot.demand.kind === 'failed' ? [] : snapshot.demand.value.running.map((one) => one.runnerName);
    for (const action of scalePools(snapshot).actions) {
      if (action.kind === 'retire-runner' || action.kind === 'deregister-runner')
        expect(running).not.toContain(action.name);
    }
  }));

it('nothing is ended or removed while any reading is not fresh, and nothing starts without the queue', () =>
  check((snapshot) => {
    const { actions, decisions } = scalePools(snapshot);
    const all = [snapshot.demand, snapshot.forgeRunners, ...Object.values(snapshot.hosts)].every(isFresh);
    if (!all) {
      expect(actions.filter(({ kind }) => kind === 'retire-runner' || kind === 'deregister-runner')).toEqual([]);
      for (const decision of decisions) expect(decision.desired).toBeGreaterThanOrEqual(decision.current);
    }
    if (!isFresh(snapshot.demand)) expect(actions.filter(({ kind }) => kind !== 'clear-runner')).toEqual([]);
  }));

it('a decision adds up: its actions make the size it names, and its steps follow from each other', () =>
  check((snapshot) => {
    const { actions, decisions } = scalePools(snapshot);
    for (const decision of decisions) {
      const launches = actions.filter(
        (action) => action.kind === 'launch-runner' && action.pool === decision.pool,
      ).length;
      expect(launches).toBe(Math.max(0, decision.desired - decision.current));
      decision.clamps.forEach((clamp, i) => {
        if (i > 0) expect(clamp.before).toBe(decision.clamps[i - 1]?.after);
      });
      expect(decision.clamps.at(-1)?.after ?? decision.desired).toBe(decision.desired);
    }
  }));

it('action ids are unique, sorted, and no runner is both ended and cleared', () =>
  check((snapshot) => {
    const { actions } = scalePools(snapshot);
    const ids = actions.map((action) => action.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(actions.map((action) => action.name)).size).toBe(actions.length);
  }));
