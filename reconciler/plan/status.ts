import type { Decision } from '../model/decision.ts';
import type { ContainerUnit, Unit } from '../model/desired.ts';
import type { Plan } from '../model/plan.ts';
import type { Reading } from '../model/reading.ts';
import type { AuditEvent, PoolMemory, RevisionRecord } from '../model/record.ts';
import type { HostState, Snapshot } from '../model/snapshot.ts';
import type { PoolStatus, Status } from '../model/status.ts';
import { shortRevision } from './choose-revision.ts';
import { jobState } from './job-status.ts';
import { ageOf, isJob } from './jobs.ts';
import { freshHost, isInInventory, objectNamed, slotsOf } from './live.ts';

export type ActionState = {
  readonly state: NonNullable<Status['plan']>['actions'][number]['state'];
  readonly detail?: string;
};

export interface StatusInput {
  readonly at: number;
  readonly version: string;
  readonly embedded: boolean;
  readonly environment?: string;
  readonly source: Status['source'];
  /** Why the newest revision is not followed. */
  readonly problem?: string;
  /** Absent before the first cycle got that far. */
  readonly snapshot?: Snapshot;
  readonly plan?: {
    readonly plan: Plan;
    readonly at: number;
    readonly states: Readonly<Record<string, ActionState>>;
    /** False when a later cycle found nothing to do: its states are history then. */
    readonly isCurrent: boolean;
  };
  readonly decisions: readonly Decision[];
  /** What is remembered of the pools now. */
  readonly memory: Readonly<Record<string, PoolMemory>>;
  readonly series: Readonly<Record<string, PoolStatus['series']>>;
  readonly history: readonly RevisionRecord[];
  readonly events: readonly AuditEvent[];
  readonly cycle: Status['cycle'];
}

/** What a person sees, from what the last cycle saw and did. */
export function buildStatus(input: StatusInput): Status {
  const { snapshot, history } = input;
  const units = snapshot === undefined ? [] : snapshot.desired.units.map((unit) => unitStatus(unit, snapshot, input));
  const revision = history.find((record) => record.revision === snapshot?.desired.revision);
  const { sentence, health } = summary(input, units);
  return {
    at: input.at,
    platform: snapshot?.desired.platform.name ?? '',
    version: input.version,
    embedded: input.embedded,
    ...(input.environment !== undefined && { environment: input.environment }),
    sentence,
    health,
    source: input.source,
    ...(revision && { revision: withoutContent(revision) }),
    hosts: snapshot === undefined ? [] : hostStatus(snapshot),
    units,
    ...(input.plan && { plan: planStatus(input.plan) }),
    pools: input.decisions.map((decision) => poolStatus(decision, input)),
    history: history.map(withoutContent),
    events: input.events,
    cycle: input.cycle,
  };
}

/** The file itself is long and stands in the repository. */
function withoutContent({ source: _source, lock: _lock, files: _files, ...record }: RevisionRecord): RevisionRecord {
  return record;
}

function summary(
  { snapshot, problem, plan }: StatusInput,
  units: Status['units'],
): Pick<Status, 'sentence' | 'health'> {
  if (snapshot === undefined)
    return problem === undefined ? { sentence: 'starting', health: 'working' } : { sentence: problem, health: 'down' };
  const working = Object.values(plan?.states ?? {}).filter(
    ({ state }) => state === 'running' || state === 'waiting',
  ).length;
  const bad = units.filter(({ state }) => state !== 'ok' && state !== 'changing');
  const ok = units.length - bad.length - units.filter(({ state }) => state === 'changing').length;
  const revision = `revision ${shortRevision(snapshot.desired.revision)}`;
  const followed = problem === undefined ? '' : `; ${problem}`;
  if (working > 0)
    return { sentence: `working on ${revision}: ${working} actions to go${followed}`, health: 'working' };
  const unread = Object.values(snapshot.hosts).filter(({ kind }) => kind !== 'fresh').length;
  if (bad.length > 0)
    return {
      sentence: `${ok} of ${units.length} units are as ${revision} asks; ${bad[0]?.id}: ${bad[0]?.detail}${followed}`,
      health: unread === Object.keys(snapshot.hosts).length ? 'down' : 'attention',
    };
  if (ok < units.length)
    return {
      sentence: `${ok} of ${units.length} units are as ${revision} asks, the others follow${followed}`,
      health: 'working',
    };
  const isHeld = (plan?.plan.holds.length ?? 0) > 0;
  const sentence =
    units.length === 0 ? `${revision} asks for no containers` : `all ${units.length} units are as ${revision} asks`;
  return { sentence: `${sentence}${followed}`, health: problem !== undefined || isHeld ? 'attention' : 'ok' };
}

function hostStatus({ hosts, desired }: Snapshot): Status['hosts'] {
  return Object.entries(hosts).map(([id, reading]) => ({
    id,
    kind: desired.platform.hosts.find((host) => host.id === id)?.engine.kind ?? 'docker',
    state: reading.kind,
    detail: hostDetail(reading),
    at: reading.at,
  }));
}

function hostDetail(reading: Reading<HostState>): string {
  if (reading.kind !== 'fresh') return reading.failure.detail;
  const { version, cpus, memoryBytes, arch } = reading.value.engine;
  return `engine ${version}, ${cpus} CPUs, ${Math.round(memoryBytes / 1024 ** 3)} GiB, ${arch}`;
}

function unitStatus(unit: Unit, snapshot: Snapshot, { plan }: StatusInput): Status['units'][number] {
  const base = {
    id: unit.id,
    kind: unit.kind,
    host: unit.host,
    ...(unit.kind === 'container' && { image: unit.spec.image }),
    ...(unit.kind === 'container' && isJob(unit) && unit.job.at.kind === 'cron' && { job: ageOf(unit, snapshot) }),
  };
  const action = plan?.plan.actions.find((item) => 'unit' in item && item.unit.id === unit.id);
  const state = action && plan?.isCurrent === true ? plan.states[action.id] : undefined;
  if (state?.state === 'running') return { ...base, state: 'changing', detail: state.detail ?? action?.reason ?? '' };
  const hold = plan?.plan.holds.find(({ subject }) => subject === unit.id);
  if (hold !== undefined) return { ...base, state: hold.passes === true ? 'changing' : 'failed', detail: hold.reason };
  if (state?.state === 'failed' || (state?.state === 'skipped' && state.detail?.startsWith('waits for ') === true))
    return { ...base, state: 'failed', detail: state.detail ?? '' };
  const host = freshHost(snapshot, unit.host);
  if (host === undefined) return { ...base, state: 'failed', detail: `host ${unit.host} could not be read` };
  return { ...base, ...(unit.kind === 'container' ? containerState(unit, snapshot) : partState(unit, host, snapshot)) };
}

function partState(unit: Unit, host: HostState, snapshot: Snapshot): Pick<Status['units'][number], 'state' | 'detail'> {
  const exists = objectNamed(host, unit) !== undefined && (unit.kind !== 'files' || isInInventory(snapshot, unit));
  return exists ? { state: 'ok', detail: 'there' } : { state: 'missing', detail: 'not there' };
}

function containerState(unit: ContainerUnit, snapshot: Snapshot): Pick<Status['units'][number], 'state' | 'detail'> {
  if (isJob(unit)) return jobState(unit, snapshot);
  const { main } = slotsOf(snapshot, unit);
  if (main === undefined) return { state: 'missing', detail: 'not there' };
  if (main.digest !== unit.digest) return { state: 'changing', detail: 'still as an older revision asked' };
  if (main.state !== 'running')
    return {
      state: 'unhealthy',
      detail: main.exitCode === undefined ? main.state : `${main.state}, exit code ${main.exitCode}`,
    };
  if (main.health === 'unhealthy') return { state: 'unhealthy', detail: 'its health check fails' };
  return { state: 'ok', detail: main.health === 'none' ? 'running' : main.health };
}

function planStatus({ plan, at, states }: NonNullable<StatusInput['plan']>): NonNullable<Status['plan']> {
  return {
    digest: plan.digest,
    revision: plan.revision,
    at,
    actions: plan.actions.map(({ id, kind, host, reason, cause }) => ({
      id,
      kind,
      host,
      reason,
      cause,
      ...(states[id] ?? { state: 'waiting' }),
    })),
    holds: plan.holds,
  };
}

/** Counts as the decision read them. */
export function poolCounts(decision: Decision): Pick<PoolStatus, 'queued' | 'busy' | 'idle' | 'starting'> {
  const input = (name: string) => {
    const value = decision.inputs.find((item) => item.name === name)?.value;
    return typeof value === 'number' ? value : 0;
  };
  return {
    queued: input('queued jobs'),
    busy: input('busy runners'),
    idle: input('idle runners'),
    starting: input('starting runners'),
  };
}

function poolStatus(decision: Decision, { snapshot, series, memory }: StatusInput): PoolStatus {
  const lastFailure = memory[decision.pool]?.lastFailure;
  const max = snapshot?.desired.platform.pools.find(({ id }) => id === decision.pool)?.size.max;
  return {
    pool: decision.pool,
    ...poolCounts(decision),
    size: decision.current,
    desired: decision.desired,
    ...(max !== undefined && { max }),
    decision,
    ...(lastFailure !== undefined && { lastFailure }),
    series: series[decision.pool] ?? [],
  };
}
