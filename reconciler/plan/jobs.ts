import type { ContainerUnit, UnitJob } from '../model/desired.ts';
import type { Hold, UnitAction } from '../model/plan.ts';
import type { JobRun } from '../model/record.ts';
import type { ObservedContainer, Snapshot } from '../model/snapshot.ts';
import { changedFields } from './fields.ts';
import { slotsOf } from './live.ts';
import { momentText, nextRun } from './next-run.ts';

/** A unit that runs to its end. */
export type JobUnit = ContainerUnit & { readonly job: UnitJob };

export function isJob(unit: ContainerUnit): unit is JobUnit {
  return unit.job !== undefined;
}

/** The newest run that is known to be over, whatever it ran. */
export function lastRun(unit: { readonly id: string }, { attempts = {} }: Snapshot): JobRun | undefined {
  return attempts[unit.id]?.run;
}

/** True when a job of this very definition ended well, now or for an older revision. Its container may be gone since. */
export function isDone(unit: Pick<ContainerUnit, 'id' | 'digest'>, { attempts = {} }: Snapshot): boolean {
  return attempts[unit.id]?.done?.includes(unit.digest) ?? false;
}

/** True while a container of the job runs or is being restarted by its engine. */
export function isActive({ state }: ObservedContainer): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused';
}

interface Difference {
  readonly actions?: readonly UnitAction[];
  readonly holds?: readonly Hold[];
}

/**
 * What a job needs now: a first run, the end of one to be told or brought about, the next run. One that ended well is
 * never run again by this, whatever became of its container, until its definition is another one.
 */
export function diffJob(unit: JobUnit, snapshot: Snapshot): Difference {
  const { main } = slotsOf(snapshot, unit);
  if (main !== undefined && isOver(unit, main, snapshot)) return { actions: [end(unit, main, 'ended')] };
  if (main !== undefined && isActive(main) && snapshot.at - main.startedAt > unit.job.timeoutMs)
    return { actions: [end(unit, main, 'timeout')] };
  return unit.job.at.kind === 'once' ? diffOnce(unit, main, snapshot) : diffScheduled(unit, main, snapshot);
}

/** Its container ended and that is on no record yet. */
function isOver(unit: JobUnit, main: ObservedContainer, snapshot: Snapshot): boolean {
  const run = lastRun(unit, snapshot);
  const isKnown = run?.container === main.id && run.startedAt === main.startedAt;
  return main.digest === unit.digest && main.state === 'exited' && main.startedAt > 0 && !isKnown;
}

function diffOnce(unit: JobUnit, main: ObservedContainer | undefined, snapshot: Snapshot): Difference {
  if (isDone(unit, snapshot)) return {};
  if (main?.digest !== unit.digest) return { actions: [run(unit, snapshot, whyMade(unit, main))] };
  if (isActive(main)) return { holds: [running(unit)] };
  const last = lastRun(unit, snapshot);
  if (last?.container === main.id && last.digest === unit.digest) return { holds: [failed(unit, last)] };
  return { actions: [run(unit, snapshot, { reason: 'made but never started', cause: 'cleanup' })] };
}

function running({ id, job }: JobUnit): Hold {
  return { subject: id, reason: `the job runs; it may take ${durationText(job.timeoutMs)}`, passes: true };
}

function failed({ id, name }: JobUnit, { detail }: JobRun): Hold {
  return {
    subject: id,
    reason: `the job failed: ${detail}`,
    next: `correct it in the file; to run the same once more, remove its container: docker rm ${name}`,
  };
}

function diffScheduled(unit: JobUnit, main: ObservedContainer | undefined, snapshot: Snapshot): Difference {
  if (main?.digest !== unit.digest) {
    // A run of an older definition is let come to its end.
    return main !== undefined && isActive(main)
      ? { holds: [running(unit)] }
      : { actions: [prepare(unit, snapshot, whyMade(unit, main))] };
  }
  const due = nextDue(unit, snapshot);
  if (isActive(main) || due === undefined || due > snapshot.at) return {};
  const reason = `due at ${dueText(unit, due)}`;
  return { actions: [run(unit, snapshot, { reason, cause: 'schedule' })] };
}

/**
 * When a job comes next, wall clock in milliseconds; it may be past. Reckoned from the newest thing that is known of it
 * (made, started, ended), so that a time that fell into a run is skipped, and of all that were missed one is caught up.
 */
export function nextDue(unit: JobUnit, snapshot: Snapshot): number | undefined {
  const { at } = unit.job;
  const { main } = slotsOf(snapshot, unit);
  if (at.kind === 'once' || main === undefined) return undefined;
  const last = lastRun(unit, snapshot)?.at ?? 0;
  const newest = Math.max(main.createdAt ?? 0, main.startedAt, main.finishedAt ?? 0, last);
  return nextRun(at.fields, at.timezone, newest);
}

/**
 * When the last good run of a job that comes at its times was, and from when on that is too long ago: two of its times have
 * passed, and the run of the second one had its time. One that never ended well counts from when it was made.
 */
export function ageOf(unit: JobUnit, snapshot: Snapshot): { readonly wellAt?: number; readonly lateAt?: number } {
  const { at, timeoutMs } = unit.job;
  if (at.kind === 'once') return {};
  const last = lastRun(unit, snapshot);
  const wellAt = snapshot.attempts?.[unit.id]?.wellAt ?? (last?.ok === true ? last.at : undefined);
  const since = wellAt ?? slotsOf(snapshot, unit).main?.createdAt;
  const first = since === undefined ? undefined : nextRun(at.fields, at.timezone, since);
  const second = first === undefined ? undefined : nextRun(at.fields, at.timezone, first);
  return {
    ...(wellAt === undefined ? {} : { wellAt }),
    ...(second === undefined ? {} : { lateAt: second + timeoutMs }),
  };
}

/** A moment in the time zone of the job. */
export function dueText({ job: { at } }: JobUnit, ms: number): string {
  return momentText(ms, at.kind === 'cron' ? at.timezone : 'UTC');
}

function whyMade(unit: JobUnit, main: ObservedContainer | undefined): Pick<UnitAction, 'reason' | 'cause'> {
  if (main === undefined) return { reason: 'not there', cause: 'file' };
  const changes = changedFields(main.actual, unit.spec).map(({ text }) => text);
  return { reason: changes.join(', ') || 'labels or secret values changed', cause: 'file' };
}

type Why = Pick<UnitAction, 'reason' | 'cause'>;

function run(unit: JobUnit, snapshot: Snapshot, why: Why): UnitAction {
  return { kind: 'run-job', id: `run-job:${unit.id}`, ...baseOf(unit, snapshot, why) };
}

/** The container of a job that comes at its times is made at once: what is wrong with it shows by day. */
function prepare(unit: JobUnit, snapshot: Snapshot, why: Why): UnitAction {
  return { kind: 'apply-container', id: `apply-container:${unit.id}`, ...baseOf(unit, snapshot, why) };
}

function baseOf(unit: JobUnit, snapshot: Snapshot, why: Why) {
  const sees = slotsOf(snapshot, unit)
    .all.map(({ id }) => id)
    .sort();
  return { host: unit.host, ...why, after: [], unit, sees };
}

function end(unit: JobUnit, main: ObservedContainer, why: 'ended' | 'timeout'): UnitAction {
  return {
    kind: 'end-job',
    id: `end-job:${unit.id}`,
    host: unit.host,
    reason: why === 'ended' ? 'its run is over' : `it runs longer than ${durationText(unit.job.timeoutMs)}`,
    cause: unit.job.at.kind === 'once' ? 'file' : 'schedule',
    after: [],
    unit,
    container: main.id,
    digest: main.digest,
    startedAt: main.startedAt,
    why,
  };
}

/** `90s`, `5m`, `1h`: the largest unit that is exact. */
function durationText(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1000}s`;
}

/**
 * Why a container that needs jobs to be done has to wait, or one that needs such a container, which does not run yet;
 * undefined when nothing is in its way.
 */
export function waitsForJob(unit: ContainerUnit, snapshot: Snapshot): Hold | undefined {
  for (const { unit: id, condition } of unit.needs) {
    const needed = snapshot.desired.units.find((other) => other.id === id);
    if (needed?.kind !== 'container') continue;
    if (condition === 'done') {
      if (!isDone(needed, snapshot)) return jobInTheWay(unit, needed, snapshot);
    } else if (!slotsOf(snapshot, needed).all.some(({ state }) => state === 'running')) {
      const cause = waitsForJob(needed, snapshot);
      if (cause !== undefined) return { ...cause, subject: unit.id };
    }
  }
  return undefined;
}

function jobInTheWay(unit: ContainerUnit, job: ContainerUnit, snapshot: Snapshot): Hold {
  const last = lastRun(job, snapshot);
  const { main } = slotsOf(snapshot, job);
  if (last !== undefined && last.digest === job.digest && last.container === main?.id)
    return { subject: unit.id, reason: `waits for job ${job.key}: it failed: ${last.detail}` };
  return { subject: unit.id, reason: `waits for job ${job.key}, which has to end well first`, passes: true };
}

/** The next moment at which a job is due or has had its time; wall clock, always after that of the snapshot. */
export function nextMoment(snapshot: Snapshot): number | undefined {
  const moments = snapshot.desired.units.flatMap((unit) => {
    if (unit.kind !== 'container' || !isJob(unit)) return [];
    const { main } = slotsOf(snapshot, unit);
    const over = main !== undefined && isActive(main) ? main.startedAt + unit.job.timeoutMs + 1 : undefined;
    return [over, nextDue(unit, snapshot)].filter((moment) => moment !== undefined && moment > snapshot.at);
  }) as readonly number[];
  return moments.length === 0 ? undefined : Math.min(...moments);
}
