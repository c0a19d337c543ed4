import type { Snapshot } from '../model/snapshot.ts';
import type { Status } from '../model/status.ts';
import { dueText, isActive, isDone, type JobUnit, lastRun, nextDue } from './jobs.ts';
import { slotsOf } from './live.ts';

/** How it is with a job, for people: `ended well after 12 s; the next run is at 2026-11-22 03:00 Europe/Madrid`. */
export function jobState(unit: JobUnit, snapshot: Snapshot): Pick<Status['units'][number], 'state' | 'detail'> {
  const { main } = slotsOf(snapshot, unit);
  const last = lastRun(unit, snapshot);
  if (main !== undefined && isActive(main)) {
    const isScheduled = unit.job.at.kind === 'cron';
    return { state: isScheduled && main.digest === unit.digest ? 'ok' : 'changing', detail: 'runs' };
  }
  if (unit.job.at.kind === 'once') {
    if (isDone(unit, snapshot))
      return {
        state: 'ok',
        detail: last?.ok === true && last.digest === unit.digest ? last.detail : 'ended well before',
      };
    if (main === undefined) return { state: 'missing', detail: 'has not run yet' };
    return last?.container === main.id
      ? { state: 'failed', detail: last.detail }
      : { state: 'changing', detail: 'its run is looked at' };
  }
  if (main === undefined) return { state: 'missing', detail: 'not there' };
  if (main.digest !== unit.digest) return { state: 'changing', detail: 'still as an older revision asked' };
  const due = nextDue(unit, snapshot);
  const next = due === undefined ? '' : `the next run is at ${dueText(unit, due)}`;
  const isOfThis = last !== undefined && last.container === main.id;
  if (!isOfThis) return { state: 'ok', detail: next };
  return { state: last.ok ? 'ok' : 'unhealthy', detail: `${last.detail}; ${next}` };
}
