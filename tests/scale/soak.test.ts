import { expect, it } from 'vitest';
import { randomFrom } from '../../reconciler/load/trace-jobs.ts';
import { POOLS, SoakWorld } from './soak-world.ts';

/** 10,000 cycles of ten seconds: failed and old readings, crashes, runners that never come up, actions that do nothing. */
it.each([1, 2])(
  'stays safe over 10,000 cycles in a world that fails, and leaves nothing behind (seed %i)',
  (seed) => {
    const world = new SoakWorld(randomFrom(seed));
    for (let i = 0; i < 10_000; i += 1) world.tick(true);
    expect(world.broken).toEqual([]);
    expect(world.mostRunners).toBeGreaterThan(5);
    world.faults = false;
    for (let i = 0; i < 400; i += 1) world.tick(false);
    expect(world.broken).toEqual([]);
    expect(world.arrived).toBeGreaterThan(1_000);
    const open = world.jobs.filter((job) => job.state === 'waiting' || job.state === 'running');
    expect(open, 'every job was started').toEqual([]);
    const idleTarget = POOLS.reduce((sum, pool) => sum + pool.size.idle, 0);
    expect([...world.runners.values()].map((runner) => runner.pool)).toHaveLength(idleTarget);
    expect([...world.registered.keys()].sort()).toEqual([...world.runners.keys()].sort());
  },
  240_000,
);
