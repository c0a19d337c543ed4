import type { Decision } from '../model/decision.ts';
import type { Hold, RunnerAction } from '../model/plan.ts';
import type { PoolMemory } from '../model/record.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { matchJobs, maybeBusy, type Queue, waitingJobs } from './demand-match.ts';
import { compareText } from './digest.ts';
import { indexRunners } from './pool-runners.ts';
import { countBusy, countIn, type PoolView, viewPools } from './pool-view.ts';
import { queueHolds } from './scale-holds.ts';
import { readInputs } from './scale-inputs.ts';
import { DEFAULT_SCALE_OPTIONS, type ScaleOptions } from './scale-options.ts';
import { type ScaledPool, scalePool } from './scale-pool.ts';
import { measureRoom } from './scale-room.ts';

export interface Scaling {
  /** One per pool, sorted by pool. */
  readonly decisions: readonly Decision[];
  /** Sorted by id. */
  readonly actions: readonly RunnerAction[];
  /** What to remember of each pool until the next cycle; stored before any action is done. */
  readonly memory: Readonly<Record<string, PoolMemory>>;
  readonly holds: readonly Hold[];
}

const NO_QUEUE: Queue = { count: 0, oldestAt: undefined };

/**
 * Decides the size of every runner pool, and which runners start, end or are cleared away. Pure: the same snapshot
 * gives the same bytes. Never ends a runner that has a job or may have one; ends nothing when an input is not fresh.
 */
export function scalePools(snapshot: Snapshot, overrides: Partial<ScaleOptions> = {}): Scaling {
  const { platform } = snapshot.desired;
  const options = { ...DEFAULT_SCALE_OPTIONS, ...overrides };
  const inputs = readInputs(snapshot, options);
  const index = indexRunners(inputs);
  const rooms = measureRoom(snapshot.desired, inputs).filter(({ id }) => options.forbidden?.[id] === undefined);
  const views = viewPools(snapshot, inputs, index, options);
  const demand = inputs.demand.value ?? { queued: [], running: [] };
  const idle = new Map(views.map((view) => [view.pool.id, countIn(view, 'idle')]));
  const maybe = maybeBusy(demand.running, platform.pools, idle);
  const busy = new Map(views.map((view) => [view.pool.id, countBusy(view, index) + (maybe.get(view.pool.id) ?? 0)]));
  const matched = matchJobs(waitingJobs(demand), platform.pools, busy);
  const present = views.reduce((total, view) => total + presentIn(view), 0);

  let policyLeft = options.policyMax === undefined ? undefined : options.policyMax - present;
  const pools: ScaledPool[] = [];
  for (const view of longestWaitFirst(views, matched.byPool)) {
    const { id } = view.pool;
    const scaled = scalePool({
      snapshot,
      inputs,
      index,
      options,
      rooms,
      view,
      queue: matched.byPool.get(id) ?? NO_QUEUE,
      policyLeft,
      maybe: maybe.get(id) ?? 0,
    });
    if (policyLeft !== undefined) policyLeft -= scaled.launched;
    pools.push(scaled);
  }
  pools.sort((a, b) => compareText(a.decision.pool, b.decision.pool));
  return {
    decisions: pools.map((pool) => pool.decision),
    actions: pools.flatMap((pool) => pool.actions).sort((a, b) => compareText(a.id, b.id)),
    memory: Object.fromEntries(pools.map((pool) => [pool.decision.pool, pool.memory])),
    holds: [...queueHolds(matched.unschedulable, platform), ...pools.flatMap((pool) => pool.holds)],
  };
}

const presentIn = (view: PoolView): number => view.runners.length - countIn(view, 'exited') + view.unseen.length;

/** Pools share hosts and the policy's bound: who waits longest is served first. */
function longestWaitFirst(views: readonly PoolView[], queues: ReadonlyMap<string, Queue>): readonly PoolView[] {
  const waitsSince = (view: PoolView): number => queues.get(view.pool.id)?.oldestAt ?? Number.MAX_SAFE_INTEGER;
  return [...views].sort((a, b) => waitsSince(a) - waitsSince(b) || compareText(a.pool.id, b.pool.id));
}
