import type { Pool } from '../../compiler/model/platform.ts';
import type { ForgeRunner, HostRunner, RunningJob } from '../model/load.ts';
import type { PoolMemory } from '../model/record.ts';
import { digestOf } from './digest.ts';
import type { ScaleInputs } from './scale-inputs.ts';
import type { ScaleOptions } from './scale-options.ts';

/**
 * - `starting`: not seen online yet · `overdue`: still not, after the boot deadline
 * - `idle` · `busy`
 * - `unknown`: the forge could not be asked; counts as there, and maybe busy
 * - `silent`: had come up, is offline now · `lost`: silent for too long
 * - `ending`: its registration is gone, as after its one job · `draining`: asked to end · `exited`
 */
export type RunnerState =
  | 'starting'
  | 'overdue'
  | 'idle'
  | 'busy'
  | 'unknown'
  | 'silent'
  | 'lost'
  | 'ending'
  | 'draining'
  | 'exited';

export interface PoolRunner {
  readonly runner: HostRunner;
  readonly forgeId: string | undefined;
  readonly state: RunnerState;
  readonly job: RunningJob | undefined;
  /** Its pool says something else by now; it is drained, never killed. */
  readonly outdated: boolean;
}

/** What is known of runners apart from the hosts, by registration and by name. */
export interface RunnerIndex {
  readonly jobsById: ReadonlyMap<string, RunningJob>;
  readonly jobsByName: ReadonlyMap<string, RunningJob>;
  /** `<platform>-<pool>` → jobs on runners named so. */
  readonly jobsByPool: ReadonlyMap<string, readonly RunningJob[]>;
  readonly forgeById: ReadonlyMap<string, ForgeRunner>;
  readonly forgeByName: ReadonlyMap<string, ForgeRunner>;
}

/** How long a new registration may be missing from the forge's list: the lists are not read at one moment. */
const LIST_LAG_MS = 60_000;

export function indexRunners(inputs: ScaleInputs): RunnerIndex {
  const jobsById = new Map<string, RunningJob>();
  const jobsByName = new Map<string, RunningJob>();
  const jobsByPool = new Map<string, RunningJob[]>();
  for (const job of inputs.demand.value?.running ?? []) {
    if (job.runnerId !== undefined) jobsById.set(job.runnerId, job);
    if (job.runnerName === undefined) continue;
    jobsByName.set(job.runnerName, job);
    const base = poolPrefix(job.runnerName);
    if (base !== undefined) addTo(jobsByPool, base, job);
  }
  const forgeById = new Map<string, ForgeRunner>();
  const forgeByName = new Map<string, ForgeRunner>();
  for (const runner of inputs.forge.value ?? []) {
    forgeById.set(runner.id, runner);
    forgeByName.set(runner.name, runner);
  }
  return { jobsById, jobsByName, jobsByPool, forgeById, forgeByName };
}

/** Adds to the list of a key. */
export function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** `home-linux` of `home-linux-7`; undefined for a name that does not end in a number. */
export function poolPrefix(name: string): string | undefined {
  return /^(.+)-\d{1,9}$/.exec(name)?.[1];
}

/** The job that runs on a runner, by registration or by name. */
export function jobOf(index: RunnerIndex, name: string, forgeId?: string): RunningJob | undefined {
  return (forgeId === undefined ? undefined : index.jobsById.get(forgeId)) ?? index.jobsByName.get(name);
}

/** sha256 over what a pool says about one runner. */
export function poolDigest(pool: Pool): string {
  return digestOf({
    image: pool.image,
    labels: [...pool.labels].sort(),
    arch: [...pool.arch].sort(),
    limits: pool.limits,
  });
}

export interface ClassifyContext {
  readonly at: number;
  readonly index: RunnerIndex;
  readonly inputs: ScaleInputs;
  readonly options: ScaleOptions;
}

/** State of one runner, from the host, the forge's list and the jobs that run. The forge's busy flag is not used. */
export function classifyRunner(
  runner: HostRunner,
  pool: { readonly digest: string; readonly hosts: readonly string[] },
  memory: PoolMemory,
  context: ClassifyContext,
): PoolRunner {
  const { index } = context;
  const registration =
    (runner.forgeId === undefined ? undefined : index.forgeById.get(runner.forgeId)) ??
    index.forgeByName.get(runner.name);
  const forgeId = runner.forgeId ?? registration?.id;
  const job = runner.state === 'exited' ? undefined : jobOf(index, runner.name, forgeId);
  return {
    runner,
    forgeId,
    job,
    state: stateOf(runner, registration, job, memory, context),
    outdated: runner.digest !== pool.digest || !pool.hosts.includes(runner.host),
  };
}

function stateOf(
  runner: HostRunner,
  registration: ForgeRunner | undefined,
  job: RunningJob | undefined,
  memory: PoolMemory,
  { at, inputs, options }: ClassifyContext,
): RunnerState {
  if (runner.state === 'exited') return 'exited';
  if (runner.state === 'draining' || registration?.disabled === true) return 'draining';
  if (job !== undefined) return 'busy';
  if (inputs.demand.value === undefined || inputs.forge.value === undefined) return 'unknown';
  if (registration?.online === true) return 'idle';
  const cameUp = memory.ready?.includes(runner.name) === true;
  const ageMs = at - runner.startedAt;
  if (registration === undefined && (cameUp || (ageMs > LIST_LAG_MS && runner.forgeId !== undefined))) {
    return silentFor(runner.name, memory, at) > options.silentMs ? 'lost' : 'ending';
  }
  if (cameUp) return silentFor(runner.name, memory, at) > options.silentMs ? 'lost' : 'silent';
  return ageMs > options.bootMs ? 'overdue' : 'starting';
}

function silentFor(name: string, memory: PoolMemory, at: number): number {
  return at - (memory.silentSince?.[name] ?? at);
}
