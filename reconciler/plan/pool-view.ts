import type { Pool } from '../../compiler/model/platform.ts';
import type { ForgeRunner, HostRunner } from '../model/load.ts';
import type { PoolMemory } from '../model/record.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareText } from './digest.ts';
import { numberOf, rememberPool } from './pool-memory.ts';
import {
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
  const onHosts = new Set([...hosted.values()].flat().map((runner) => runner.name));
  const unhosted = new Map<string, ForgeRunner[]>();
  for (const runner of inputs.forge.value ?? []) {
    const base = onHosts.has(runner.name) ? undefined : poolPrefix(runner.name);
    if (base === undefined) continue;
    const list = unhosted.get(base);
    if (list === undefined) unhosted.set(base, [runner]);
    else list.push(runner);
  }
  const { name, pools } = snapshot.desired.platform;
  const gone = [...new Set([...hosted.keys(), ...Object.keys(snapshot.pools)])].filter(
    (id) => !pools.some((pool) => pool.id === id),
  );
  const all = [...pools, ...gone.map(emptyPool)].sort((a, b) => compareText(a.id, b.id));
  return all
    .map((pool) =>
      viewPool(pool, hosted.get(pool.id) ?? [], unhosted.get(`${name}-${pool.id}`) ?? [], {
        snapshot,
        inputs,
        index,
        options,
      }),
    )
    .filter((view) => pools.includes(view.pool) || view.runners.length + view.unhosted.length > 0);
}

interface ViewContext {
  readonly snapshot: Snapshot;
  readonly inputs: ScaleInputs;
  readonly index: RunnerIndex;
  readonly options: ScaleOptions;
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
  const classify = { at: snapshot.at, ...context };
  const runners = hosted
    .map((runner) => classifyRunner(runner, { digest, hosts: pool.hosts }, before, classify))
    .sort((a, b) => compareText(a.runner.name, b.runner.name));
  const ids = pool.hosts.length > 0 ? pool.hosts : [...inputs.hosts.keys()];
  const blind = ids.some((id) => inputs.hosts.get(id)?.value === undefined);
  const sequence = Math.max(before.sequence ?? 0, ...unhosted.map((runner) => numberOf(runner.name)));
  return {
    pool,
    digest,
    runners,
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

/** Runners in one of these states. */
export function inState(view: PoolView, ...states: readonly RunnerState[]): readonly PoolRunner[] {
  return view.runners.filter(({ state }) => states.includes(state));
}

/** Runners that have a job, those on hosts that did not answer included. */
export function countBusy(view: PoolView, index: RunnerIndex): number {
  return (
    inState(view, 'busy').length +
    view.unseen.filter((runner) => jobOf(index, runner.name, runner.id) !== undefined).length
  );
}

function runnersByPool(inputs: ScaleInputs): Map<string, HostRunner[]> {
  const byPool = new Map<string, HostRunner[]>();
  for (const host of inputs.hosts.values()) {
    for (const runner of host.value?.runners ?? []) {
      const list = byPool.get(runner.pool);
      if (list === undefined) byPool.set(runner.pool, [runner]);
      else list.push(runner);
    }
  }
  return byPool;
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
