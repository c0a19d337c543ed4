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
  readonly forgeId?: string;
  readonly state: RunnerState;
  readonly job?: RunningJob;
  /** Its pool says something else by now; it is drained, never killed. */
  readonly outdated: boolean;
}

/** What is known of runners apart from the hosts, looked up by name or registration. */
export interface RunnerIndex {
  readonly jobs: ReadonlyMap<string, RunningJob>;
  readonly forge: ReadonlyMap<string, ForgeRunner>;
  /** `<platform>-<pool>` → jobs on runners named so. */
  readonly jobsByPool: ReadonlyMap<string, readonly RunningJob[]>;
}

const idKey = (id: string): string => `id ${id}`;
const nameKey = (name: string): string => `name ${name}`;
/** How long a new registration may be missing from the forge's list: the lists are not read at one moment. */
const LIST_LAG_MS = 60_000;

export function indexRunners(inputs: ScaleInputs): RunnerIndex {
  const jobs = new Map<string, RunningJob>();
  const jobsByPool = new Map<string, RunningJob[]>();
  for (const job of inputs.demand.value?.running ?? []) {
    if (job.runnerId !== undefined) jobs.set(idKey(job.runnerId), job);
    if (job.runnerName === undefined) continue;
    jobs.set(nameKey(job.runnerName), job);
    const base = poolPrefix(job.runnerName);
    if (base === undefined) continue;
    const list = jobsByPool.get(base);
    if (list === undefined) jobsByPool.set(base, [job]);
    else list.push(job);
  }
  const forge = new Map<string, ForgeRunner>();
  for (const runner of inputs.forge.value ?? []) {
    forge.set(idKey(runner.id), runner);
    forge.set(nameKey(runner.name), runner);
  }
  return { jobs, forge, jobsByPool };
}

/** `home-linux` of `home-linux-7`; undefined for a name that does not end in a number. */
export function poolPrefix(name: string): string | undefined {
  return /^(.+)-\d{1,9}$/.exec(name)?.[1];
}

/** The job that runs on a runner, by registration or by name. */
export function jobOf(index: RunnerIndex, name: string, forgeId?: string): RunningJob | undefined {
  return (forgeId === undefined ? undefined : index.jobs.get(idKey(forgeId))) ?? index.jobs.get(nameKey(name));
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
    (runner.forgeId === undefined ? undefined : index.forge.get(idKey(runner.forgeId))) ??
    index.forge.get(nameKey(runner.name));
  const forgeId = runner.forgeId ?? registration?.id;
  const job = runner.state === 'exited' ? undefined : jobOf(index, runner.name, forgeId);
  return {
    runner,
    ...(forgeId === undefined ? {} : { forgeId }),
    ...(job === undefined ? {} : { job }),
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
