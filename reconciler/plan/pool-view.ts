import type { Pool } from '../../compiler/model/platform.ts';
import type { ForgeRunner, HostRunner } from '../model/load.ts';
import type { PoolMemory } from '../model/record.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareText } from './digest.ts';
import { numberOf, rememberPool } from './pool-memory.ts';
import {
  addTo,
  type ClassifyContext,
  classifyRunner,
  jobOf,
  type PoolRunner,
  poolDigest,
  poolPrefix,
  type RunnerIndex,
  type RunnerState,
} from './pool-runners.ts';
import { freshDemandAt, newPoolMemory, type ScaleInputs } from './scale-inputs.ts';
import type { ScaleOptions } from './scale-options.ts';

/** One pool with everything that is known of it in this snapshot. */
export interface PoolView {
  readonly pool: Pool;
  readonly digest: string;
  /** Sorted by name. */
  readonly runners: readonly PoolRunner[];
  readonly byState: ReadonlyMap<RunnerState, readonly PoolRunner[]>;
  /** Registrations named like this pool's runners that are on no host that answered. */
  readonly unhosted: readonly ForgeRunner[];
  /** Those of `unhosted` that may be on a host that did not answer: they count as there. */
  readonly unseen: readonly ForgeRunner[];
  /** How much may be changed, see `SizeInputs.trust`; and why not more. */
  readonly trust: 'all' | 'grow' | 'hold';
  readonly doubt: string;
  readonly memory: PoolMemory;
}

/** Pools of the file, and those no longer in it that still have runners; sorted by id. */
export function viewPools(
  snapshot: Snapshot,
  inputs: ScaleInputs,
  index: RunnerIndex,
  options: ScaleOptions,
): readonly PoolView[] {
  const hosted = runnersByPool(inputs);
  const unhosted = registrationsByPrefix(inputs, hosted);
  const { name, pools } = snapshot.desired.platform;
  const ids = new Set(pools.map((pool) => pool.id));
  const gone = [...new Set([...hosted.keys(), ...Object.keys(snapshot.pools)])].filter((id) => !ids.has(id));
  const context = { at: snapshot.at, snapshot, inputs, index, options };
  return [...pools, ...gone.map(emptyPool)]
    .sort((a, b) => compareText(a.id, b.id))
    .map((pool) => viewPool(pool, hosted.get(pool.id) ?? [], unhosted.get(`${name}-${pool.id}`) ?? [], context))
    .filter((view) => ids.has(view.pool.id) || view.runners.length + view.unhosted.length > 0);
}

interface ViewContext extends ClassifyContext {
  readonly snapshot: Snapshot;
}

function viewPool(
  pool: Pool,
  hosted: readonly HostRunner[],
  unhosted: readonly ForgeRunner[],
  context: ViewContext,
): PoolView {
  const { snapshot, inputs, options } = context;
  const digest = poolDigest(pool);
  const before = snapshot.pools[pool.id] ?? newPoolMemory(options);
  const runners = hosted
    .map((runner) => classifyRunner(runner, { digest, hosts: pool.hosts }, before, context))
    .sort((a, b) => compareText(a.runner.name, b.runner.name));
  const byState = new Map<RunnerState, PoolRunner[]>();
  for (const runner of runners) addTo(byState, runner.state, runner);
  const ids = pool.hosts.length > 0 ? pool.hosts : [...inputs.hosts.keys()];
  const blind = ids.some((id) => inputs.hosts.get(id)?.value === undefined);
  const sequence = Math.max(before.sequence ?? 0, ...unhosted.map((runner) => numberOf(runner.name)));
  return {
    pool,
    digest,
    runners,
    byState,
    unhosted,
    unseen: blind ? unhosted : [],
    ...trustOf(ids, inputs),
    memory: { ...before, sequence },
  };
}

/** What this cycle adds to the memory of the pool; `queued`: waiting jobs charged to it. */
export function remember(
  view: PoolView,
  queued: number,
  snapshot: Snapshot,
  inputs: ScaleInputs,
  options: ScaleOptions,
): PoolMemory {
  const demandAt = freshDemandAt(snapshot, inputs);
  const { runners } = view;
  return rememberPool(
    view.memory,
    {
      at: snapshot.at,
      runners,
      digest: view.digest,
      forgeFresh: inputs.forge.doubt === undefined,
      queued,
      ...(demandAt === undefined ? {} : { demandAt }),
    },
    options,
  );
}

/** Runners in this state, sorted by name. */
export function inState(view: PoolView, state: RunnerState): readonly PoolRunner[] {
  return view.byState.get(state) ?? [];
}

/** How many runners are in one of these states. */
export function countIn(view: PoolView, ...states: readonly RunnerState[]): number {
  return states.reduce((total, state) => total + inState(view, state).length, 0);
}

/** Runners that have a job, those on hosts that did not answer included. */
export function countBusy(view: PoolView, index: RunnerIndex): number {
  return (
    countIn(view, 'busy') + view.unseen.filter((runner) => jobOf(index, runner.name, runner.id) !== undefined).length
  );
}

function runnersByPool(inputs: ScaleInputs): ReadonlyMap<string, readonly HostRunner[]> {
  const byPool = new Map<string, HostRunner[]>();
  for (const host of inputs.hosts.values())
    for (const runner of host.value?.runners ?? []) addTo(byPool, runner.pool, runner);
  return byPool;
}

/** `<platform>-<pool>` → registrations named so that are on no host. */
function registrationsByPrefix(
  inputs: ScaleInputs,
  hosted: ReadonlyMap<string, readonly HostRunner[]>,
): ReadonlyMap<string, readonly ForgeRunner[]> {
  const onHosts = new Set<string>();
  for (const runners of hosted.values()) for (const runner of runners) onHosts.add(runner.name);
  const unhosted = new Map<string, ForgeRunner[]>();
  for (const runner of inputs.forge.value ?? []) {
    const base = onHosts.has(runner.name) ? undefined : poolPrefix(runner.name);
    if (base !== undefined) addTo(unhosted, base, runner);
  }
  return unhosted;
}

/** Nothing changes without a fresh queue, or when the forge refuses us; nothing ends without all the other inputs. */
function trustOf(hosts: readonly string[], inputs: ScaleInputs): Pick<PoolView, 'trust' | 'doubt'> {
  const { demand, forge } = inputs;
  if (demand.doubt !== undefined) return { trust: 'hold', doubt: `the job queue could not be read: ${demand.doubt}` };
  const forgeDoubt = `the forge's runners could not be read: ${forge.doubt ?? ''}`;
  if (forge.failure?.kind === 'unauthorized') return { trust: 'hold', doubt: forgeDoubt };
  if (forge.doubt !== undefined) return { trust: 'grow', doubt: forgeDoubt };
  const missing = hosts.find((id) => inputs.hosts.get(id) === undefined || inputs.hosts.get(id)?.doubt !== undefined);
  if (missing === undefined) return { trust: 'all', doubt: '' };
  return {
    trust: 'grow',
    doubt: `host ${missing} could not be read: ${inputs.hosts.get(missing)?.doubt ?? 'nothing is known of it'}`,
  };
}

/** A pool that was taken out of the file: its runners end when they have no job. */
function emptyPool(id: string): Pool {
  return {
    id,
    origin: '/runners',
    labels: [],
    arch: [],
    hosts: [],
    image: '',
    size: { min: 0, max: 0, idle: 0, idleMs: 0 },
    limits: { cpus: 0, memoryBytes: 0 },
  };
}
