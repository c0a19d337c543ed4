import type { ForgeRunner } from '../model/load.ts';
import type { RunnerAction } from '../model/plan.ts';
import type { PoolMemory } from '../model/record.ts';
import { jobOf, type RunnerIndex } from './pool-runners.ts';
import type { ScaleOptions } from './scale-options.ts';

export interface OrphanInputs {
  readonly at: number;
  readonly pool: string;
  /** Registrations named like this pool's runners that are on no host. */
  readonly candidates: readonly ForgeRunner[];
  readonly index: RunnerIndex;
  readonly memory: PoolMemory;
  /** All inputs are fresh, all hosts included. */
  readonly certain: boolean;
  /** False while the store was rebuilt: nothing is removed. */
  readonly mayRemove: boolean;
}

export interface Orphans {
  readonly actions: readonly RunnerAction[];
  readonly memory: Pick<PoolMemory, 'orphans' | 'orphanSince'>;
}

/**
 * Registrations without a runner: marked in the first cycle, removed in a later one when nothing changed in between.
 * One that is online or has a job is somebody's runner and is left alone.
 */
export function sweepOrphans(inputs: OrphanInputs, options: ScaleOptions): Orphans {
  const { at, memory } = inputs;
  const before = memory.orphanSince ?? {};
  if (!inputs.certain) return { actions: [], memory: { orphans: memory.orphans, orphanSince: before } };
  const dead = inputs.candidates.filter(
    (runner) => !runner.online && jobOf(inputs.index, runner.name, runner.id) === undefined,
  );
  const since = Object.fromEntries(dead.map(({ id }) => [id, Math.min(before[id] ?? at, at)]));
  const due = dead.filter(({ id }) => memory.orphans.includes(id) && at - (since[id] ?? at) >= options.orphanMs);
  return {
    actions: inputs.mayRemove ? due.map((runner) => deregister(inputs.pool, runner)) : [],
    memory: { orphans: dead.map(({ id }) => id).sort(), orphanSince: since },
  };
}

function deregister(pool: string, runner: ForgeRunner): RunnerAction {
  return {
    kind: 'deregister-runner',
    id: `deregister-runner:${runner.name}:${runner.id}`,
    host: 'forge',
    reason: 'registered, but on no host; seen so twice',
    cause: 'cleanup',
    after: [],
    pool,
    name: runner.name,
    forgeId: runner.id,
  };
}
