import type { Decision } from '../model/decision.ts';
import type { QueuedJob } from '../model/load.ts';
import type { Hold, RunnerAction } from '../model/plan.ts';
import type { PoolMemory } from '../model/record.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { matchJobs, maybeBusy } from './demand-match.ts';
import { compareText } from './digest.ts';
import { indexRunners, type PoolRunner, type RunnerIndex } from './pool-runners.ts';
import { countBusy, inState, type PoolView, remember, viewPools } from './pool-view.ts';
import { clearRunner, launchRunner, retireRunner } from './scale-actions.ts';
import { poolHolds, queueHolds } from './scale-holds.ts';
import { readInputs, type ScaleInputs } from './scale-inputs.ts';
import { DEFAULT_SCALE_OPTIONS, type ScaleOptions } from './scale-options.ts';
import { sweepOrphans } from './scale-orphans.ts';
import { type HostRoom, measureRoom, releasePlaces, roomInWords, takePlaces } from './scale-room.ts';
import { decisionSentence } from './scale-sentence.ts';
import { decideSize, type SizeDecision, type SizeInputs } from './scale-size.ts';

export interface Scaling {
  /** One per pool, sorted by pool. */
  readonly decisions: readonly Decision[];
  /** Sorted by id. */
  readonly actions: readonly RunnerAction[];
  /** What to remember of each pool until the next cycle; stored before any action is done. */
  readonly memory: Readonly<Record<string, PoolMemory>>;
  readonly holds: readonly Hold[];
}

/**
 * Decides the size of every runner pool, and which runners start, end or are cleared away. Pure: the same snapshot
 * gives the same bytes. Never ends a runner that has a job or may have one; ends nothing when an input is not fresh.
 */
export function scalePools(snapshot: Snapshot, overrides: Partial<ScaleOptions> = {}): Scaling {
  const options = { ...DEFAULT_SCALE_OPTIONS, ...overrides };
  const inputs = readInputs(snapshot, options);
  const index = indexRunners(inputs);
  const rooms = measureRoom(snapshot.desired, inputs).filter(({ id }) => options.forbidden?.[id] === undefined);
  const views = viewPools(snapshot, inputs, index, options);
  const idle = new Map(views.map((view) => [view.pool.id, inState(view, 'idle').length]));
  const maybe = maybeBusy(inputs.demand.value?.running ?? [], snapshot.desired.platform.pools, idle);
  const busy = new Map(views.map((view) => [view.pool.id, countBusy(view, index) + (maybe.get(view.pool.id) ?? 0)]));
  const matched = matchJobs(waiting(inputs), snapshot.desired.platform.pools, busy);
  const present = views.reduce((total, view) => total + presentIn(view), 0);

  let policyLeft = options.policyMax === undefined ? undefined : options.policyMax - present;
  const pools: ScaledPool[] = [];
  for (const view of longestWaitFirst(views, matched.byPool)) {
    const queue = matched.byPool.get(view.pool.id) ?? [];
    const scaled = scalePool({
      snapshot,
      inputs,
      index,
      options,
      rooms,
      view,
      queue,
      policyLeft,
      maybe: maybe.get(view.pool.id) ?? 0,
    });
    if (policyLeft !== undefined) policyLeft -= scaled.launched;
    pools.push(scaled);
  }
  pools.sort((a, b) => compareText(a.decision.pool, b.decision.pool));
  return {
    decisions: pools.map((pool) => pool.decision),
    actions: pools.flatMap((pool) => pool.actions).sort((a, b) => compareText(a.id, b.id)),
    memory: Object.fromEntries(pools.map((pool) => [pool.decision.pool, pool.memory])),
    holds: [...queueHolds(matched.unschedulable, snapshot.desired.platform), ...pools.flatMap((pool) => pool.holds)],
  };
}

interface ScaledPool {
  readonly decision: Decision;
  readonly actions: readonly RunnerAction[];
  readonly memory: PoolMemory;
  readonly holds: readonly Hold[];
  readonly launched: number;
}

interface PoolContext {
  readonly snapshot: Snapshot;
  readonly inputs: ScaleInputs;
  readonly index: RunnerIndex;
  readonly options: ScaleOptions;
  readonly rooms: readonly HostRoom[];
  readonly view: PoolView;
  readonly queue: readonly QueuedJob[];
  readonly policyLeft: number | undefined;
  /** Runners that look idle and are busy, we do not know which; while there are any, none is ended. */
  readonly maybe: number;
}

function scalePool(context: PoolContext): ScaledPool {
  const { snapshot, view, queue, rooms, inputs, options } = context;
  const remembered = remember(view, queue.length, snapshot, inputs, options);
  const replaced = context.maybe > 0 ? [] : outdatedToReplace(view);
  const places = new Places(rooms, view);
  const sizeInputs = sizeInputsOf(context, remembered, replaced, places);
  const size = decideSize(sizeInputs);
  const hosts = places.keep(size.desired - size.supply);
  const sequence = remembered.sequence ?? 0;
  const platform = snapshot.desired.platform.name;
  const launches = hosts.map((host, i) => launchRunner(platform, view, sequence + 1 + i, host, size, queue.length));
  const orphans = sweepOrphans(
    {
      at: snapshot.at,
      pool: view.pool.id,
      candidates: view.unhosted,
      index: context.index,
      memory: remembered,
      certain: view.trust === 'all' && [...inputs.hosts.values()].every((host) => host.doubt === undefined),
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
  const onUnseenHosts = view.unseen.length - (busy - inState(view, 'busy').length);
  return {
    at: snapshot.at,
    queued: context.queue.length,
    counts: {
      busy: busy + maybe,
      idle: maybe > 0 ? 0 : idle.length,
      starting: inState(view, 'starting').length,
      unknown: inState(view, 'unknown', 'silent').length + onUnseenHosts + (maybe > 0 ? idle.length - maybe : 0),
      leaving: inState(view, 'draining', 'ending', 'lost', 'overdue').length + replaced.length,
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

/** Places on hosts, taken while the size is decided; those not needed in the end are given back. */
class Places {
  readonly #rooms: readonly HostRoom[];
  readonly #view: PoolView;
  #taken: readonly string[] = [];
  constructor(rooms: readonly HostRoom[], view: PoolView) {
    this.#rooms = rooms;
    this.#view = view;
  }
  take(need: number): number {
    this.#taken = takePlaces(this.#rooms, this.#view.pool, need);
    return this.#taken.length;
  }
  inWords(snapshot: Snapshot): string {
    releasePlaces(this.#rooms, this.#view.pool, this.#taken);
    const words = roomInWords(this.#rooms, this.#view.pool, snapshot.desired.platform);
    takePlaces(this.#rooms, this.#view.pool, this.#taken.length);
    return words;
  }
  keep(count: number): readonly string[] {
    const kept = this.#taken.slice(0, Math.max(0, count));
    releasePlaces(this.#rooms, this.#view.pool, this.#taken.slice(kept.length));
    return kept;
  }
}

/** Idle runners made from an older description of the pool, at most half of them per pass. */
function outdatedToReplace(view: PoolView): readonly PoolRunner[] {
  const outdated = inState(view, 'idle').filter((runner) => runner.outdated);
  return view.trust === 'all' ? oldestFirst(outdated).slice(0, Math.ceil(outdated.length / 2)) : [];
}

/** Runners that end: given up, asked before and still there without a job, outdated, and the surplus: longest idle first. */
function retirements(
  view: PoolView,
  memory: PoolMemory,
  replaced: readonly PoolRunner[],
  surplus: number,
): readonly RunnerAction[] {
  if (view.trust !== 'all') return [];
  const again = inState(view, 'draining').filter((runner) => runner.job === undefined);
  const since = ({ runner }: PoolRunner): number => memory.idleSince[runner.name] ?? Infinity;
  const idle = oldestFirst(inState(view, 'idle').filter((runner) => !replaced.includes(runner))).sort(
    (a, b) => since(a) - since(b),
  );
  return [
    ...inState(view, 'lost').map((runner) =>
      retireRunner(runner, 'out of contact with the forge and without a job', 'cleanup'),
    ),
    ...inState(view, 'overdue').map((runner) => retireRunner(runner, 'never came up', 'cleanup')),
    ...again.map((runner) => retireRunner(runner, 'asked to end, and still there', 'cleanup')),
    ...replaced.map((runner) => retireRunner(runner, 'its pool was changed in the file', 'file')),
    ...idle
      .slice(0, Math.max(0, surplus))
      .map((runner) => retireRunner(runner, 'idle for longer than its pool asks', 'load')),
  ];
}

function clearances(view: PoolView, inputs: ScaleInputs): readonly RunnerAction[] {
  return inState(view, 'exited')
    .filter(({ runner }) => inputs.hosts.get(runner.host)?.doubt === undefined)
    .map(clearRunner);
}

function decisionOf({ view, snapshot, inputs, queue }: PoolContext, sizes: SizeInputs, size: SizeDecision): Decision {
  const { demand, forge } = inputs;
  const { counts } = sizes;
  const oldest = queue[0];
  const forgeAge = { ageMs: forge.ageMs };
  const hostAge = { ageMs: Math.max(0, ...[...inputs.hosts.values()].map((host) => host.ageMs)) };
  return {
    pool: view.pool.id,
    at: snapshot.at,
    inputs: [
      { name: 'queued jobs', value: queue.length, ageMs: demand.ageMs },
      ...(oldest === undefined
        ? []
        : [
            {
              name: 'longest wait',
              value: `${Math.max(0, Math.round((snapshot.at - oldest.queuedAt) / 1000))} s`,
              ageMs: demand.ageMs,
            },
          ]),
      { name: 'busy runners', value: counts.busy, ageMs: demand.ageMs },
      { name: 'idle runners', value: counts.idle, ...forgeAge },
      { name: 'starting runners', value: counts.starting, ...hostAge },
      ...(counts.unknown > 0 ? [{ name: 'unknown runners', value: counts.unknown, ...hostAge }] : []),
      ...(counts.leaving > 0 ? [{ name: 'leaving runners', value: counts.leaving, ...hostAge }] : []),
      { name: 'idle target', value: view.pool.size.idle },
    ],
    clamps: size.clamps,
    current: size.supply,
    desired: size.desired,
    held: size.held,
    sentence: decisionSentence(sizes, size),
  };
}

/** Jobs that wait; one that is in the list of running ones by now does not. */
function waiting(inputs: ScaleInputs): readonly QueuedJob[] {
  const { value } = inputs.demand;
  if (value === undefined) return [];
  const running = new Set(value.running.map((job) => job.id));
  return value.queued.filter((job) => !running.has(job.id));
}

const presentIn = (view: PoolView): number =>
  view.runners.filter(({ state }) => state !== 'exited').length + view.unseen.length;

/** Pools share hosts and the policy's bound: who waits longest is served first. */
function longestWaitFirst(
  views: readonly PoolView[],
  queues: ReadonlyMap<string, readonly QueuedJob[]>,
): readonly PoolView[] {
  const waitsSince = (view: PoolView): number => queues.get(view.pool.id)?.[0]?.queuedAt ?? Number.MAX_SAFE_INTEGER;
  return [...views].sort((a, b) => waitsSince(a) - waitsSince(b) || compareText(a.pool.id, b.pool.id));
}

function oldestFirst(runners: readonly PoolRunner[]): PoolRunner[] {
  return [...runners].sort(
    (a, b) => a.runner.startedAt - b.runner.startedAt || compareText(a.runner.name, b.runner.name),
  );
}
