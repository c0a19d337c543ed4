import type { Decision } from '../model/decision.ts';
import type { Hold, RunnerAction } from '../model/plan.ts';
import type { PoolMemory } from '../model/record.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Queue } from './demand-match.ts';
import type { PoolRunner, RunnerIndex } from './pool-runners.ts';
import { countBusy, countIn, inState, type PoolView, remember } from './pool-view.ts';
import { launchRunners } from './scale-actions.ts';
import { decisionOf } from './scale-decision.ts';
import { clearances, outdatedToReplace, retirements } from './scale-ends.ts';
import { poolHolds } from './scale-holds.ts';
import type { ScaleInputs } from './scale-inputs.ts';
import type { ScaleOptions } from './scale-options.ts';
import { sweepOrphans } from './scale-orphans.ts';
import { Places } from './scale-places.ts';
import type { HostRoom } from './scale-room.ts';
import { decideSize, type SizeInputs } from './scale-size.ts';

export interface PoolContext {
  readonly snapshot: Snapshot;
  readonly inputs: ScaleInputs;
  readonly index: RunnerIndex;
  readonly options: ScaleOptions;
  /** Shared by all pools; places that this one takes are gone for the next. */
  readonly rooms: readonly HostRoom[];
  readonly view: PoolView;
  readonly queue: Queue;
  readonly policyLeft: number | undefined;
  /** Runners that look idle and are busy, we do not know which; while there are any, none is ended. */
  readonly maybe: number;
}

export interface ScaledPool {
  readonly decision: Decision;
  readonly actions: readonly RunnerAction[];
  readonly memory: PoolMemory;
  readonly holds: readonly Hold[];
  readonly launched: number;
}

/** Decides about one pool: its size, who starts and who ends, what to remember and what to point out. */
export function scalePool(context: PoolContext): ScaledPool {
  const { snapshot, view, queue, rooms, inputs, options } = context;
  const remembered = remember(view, queue.count, snapshot, inputs, options);
  const replaced = context.maybe > 0 ? [] : outdatedToReplace(view);
  const places = new Places(rooms, view.pool);
  const sizeInputs = sizeInputsOf(context, remembered, replaced, places);
  const size = decideSize(sizeInputs);
  const hosts = places.keep(size.desired - size.supply);
  const sequence = remembered.sequence ?? 0;
  const platform = snapshot.desired.platform.name;
  const launches = launchRunners(platform, view, sequence, hosts, size, queue.count);
  const orphans = sweepOrphans(
    {
      at: snapshot.at,
      pool: view.pool.id,
      candidates: view.unhosted,
      index: context.index,
      memory: remembered,
      certain: view.trust === 'all' && inputs.hostsFresh,
      mayRemove: !snapshot.adoptOnly,
    },
    options,
  );
  const { surplusSince: _, ...kept } = remembered;
  return {
    decision: decisionOf(context, sizeInputs, size),
    actions: [
      ...launches,
      ...retirements(view, remembered, replaced, size.supply - size.desired),
      ...clearances(view, inputs),
      ...orphans.actions,
    ],
    memory: {
      ...kept,
      ...orphans.memory,
      sequence: sequence + launches.length,
      tokens: remembered.tokens - launches.length,
      tokensAt: launches.length > 0 ? snapshot.at : remembered.tokensAt,
      ...(size.surplusSince === undefined ? {} : { surplusSince: size.surplusSince }),
    },
    holds: poolHolds({ ...context, size, sizeInputs }),
    launched: launches.length,
  };
}

function sizeInputsOf(
  context: PoolContext,
  memory: PoolMemory,
  replaced: readonly PoolRunner[],
  places: Places,
): SizeInputs {
  const { snapshot, view, index, options, policyLeft, maybe } = context;
  const forbidden = forbiddenFor(view, options);
  const idle = inState(view, 'idle').filter((runner) => !replaced.includes(runner));
  const busy = countBusy(view, index);
  const onUnseenHosts = view.unseen.length - (busy - countIn(view, 'busy'));
  return {
    at: snapshot.at,
    queued: context.queue.count,
    counts: {
      busy: busy + maybe,
      idle: maybe > 0 ? 0 : idle.length,
      starting: countIn(view, 'starting'),
      unknown: countIn(view, 'unknown', 'silent') + onUnseenHosts + (maybe > 0 ? idle.length - maybe : 0),
      leaving: countIn(view, 'draining', 'ending', 'lost', 'overdue') + replaced.length,
    },
    size: view.pool.size,
    memory,
    trust: view.trust,
    doubt: view.doubt,
    ...(memory.demandAt === undefined ? {} : { demandAt: memory.demandAt }),
    idleSince: (maybe > 0 ? [] : idle).map(({ runner }) => memory.idleSince[runner.name] ?? snapshot.at),
    ...(forbidden === undefined ? {} : { forbidden }),
    ...(options.poolMax === undefined ? {} : { poolMax: options.poolMax }),
    ...(policyLeft === undefined ? {} : { policyLeft }),
    fit: (need) => places.take(need),
    fitInWords: () => places.inWords(snapshot),
    tokens: memory.tokens,
  };
}

/** A pool that the policy forbids, or whose every host it forbids. */
function forbiddenFor({ pool }: PoolView, { forbidden = {} }: ScaleOptions): string | undefined {
  const isHostless = pool.hosts.length > 0 && pool.hosts.every((id) => id in forbidden);
  return forbidden[pool.id] ?? (isHostless ? forbidden[pool.hosts[0] ?? ''] : undefined);
}
