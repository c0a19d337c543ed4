import type { Pool } from '../../compiler/model/platform.ts';
import type { QueuedJob, RunningJob } from '../model/load.ts';
import { compareText } from './digest.ts';

export interface MatchedDemand {
  /** Pool id → its jobs, oldest first. Every job is in at most one pool. */
  readonly byPool: ReadonlyMap<string, readonly QueuedJob[]>;
  /** Jobs that no pool can take, by label set. */
  readonly unschedulable: readonly { readonly labels: readonly string[]; readonly jobs: readonly QueuedJob[] }[];
}

/**
 * Charges each waiting job to exactly one pool. A runner takes a job when it has all its labels (exact, case-sensitive;
 * no labels match every runner). Of several pools the one with the fewest labels is charged first, so that special
 * runners stay free for those who need them; when it is full by its `max`, the next.
 * `busy`: runners with a job, by pool.
 */
export function matchJobs(
  queued: readonly QueuedJob[],
  pools: readonly Pool[],
  busy: ReadonlyMap<string, number>,
): MatchedDemand {
  const able = pools
    .filter((pool) => pool.size.max !== 0 && pool.hosts.length > 0)
    .sort(byFewestLabels)
    .map((pool): Charged => ({ pool, room: (pool.size.max ?? Infinity) - (busy.get(pool.id) ?? 0), jobs: [] }));
  const candidates = new Map<string, readonly Charged[]>();
  const unmatched: QueuedJob[] = [];

  for (const job of oldestFirst(queued)) {
    const key = job.labels.length === 1 ? (job.labels[0] ?? '') : job.labels.join('\n');
    let matching = candidates.get(key);
    if (matching === undefined) {
      matching = able.filter(({ pool }) => takes(pool, job.labels));
      candidates.set(key, matching);
    }
    const charged = firstWithRoom(matching) ?? matching[0];
    if (charged === undefined) unmatched.push(job);
    else {
      charged.jobs.push(job);
      charged.room -= 1;
    }
  }
  return {
    byPool: new Map(able.map(({ pool, jobs }) => [pool.id, jobs])),
    unschedulable: byLabelSet(unmatched),
  };
}

interface Charged {
  readonly pool: Pool;
  room: number;
  readonly jobs: QueuedJob[];
}

function firstWithRoom(pools: readonly Charged[]): Charged | undefined {
  for (const charged of pools) if (charged.room > 0) return charged;
  return undefined;
}

/** The order in which a workflow names its labels means nothing. */
function byLabelSet(jobs: readonly QueuedJob[]): MatchedDemand['unschedulable'] {
  const sets = new Map<string, { readonly labels: readonly string[]; readonly jobs: QueuedJob[] }>();
  for (const job of jobs) {
    const labels = [...job.labels].sort(compareText);
    const set = sets.get(labels.join('\n'));
    if (set === undefined) sets.set(labels.join('\n'), { labels, jobs: [job] });
    else set.jobs.push(job);
  }
  return [...sets].sort(([a], [b]) => compareText(a, b)).map(([, set]) => set);
}

const takes = (pool: Pool, labels: readonly string[]): boolean => labels.every((label) => pool.labels.includes(label));

const byFewestLabels = (a: Pool, b: Pool): number => a.labels.length - b.labels.length || compareText(a.id, b.id);

/** One entry per wait: the same job may have been listed on two pages or told of by a webhook as well. */
function oldestFirst(queued: readonly QueuedJob[]): readonly QueuedJob[] {
  const seen = new Set<string>();
  const unique: QueuedJob[] = [];
  for (const job of queued) {
    if (seen.has(job.id)) continue;
    seen.add(job.id);
    unique.push(job);
  }
  return unique.sort((a, b) => a.queuedAt - b.queuedAt || compareText(a.id, b.id));
}

/**
 * Running jobs whose runner the forge does not tell, charged to pools that have runners which may be theirs: by pool,
 * how many of those are busy without our knowing which. `idle`: runners that look idle, by pool.
 */
export function maybeBusy(
  running: readonly RunningJob[],
  pools: readonly Pool[],
  idle: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const busy = new Map<string, number>();
  const able = [...pools].sort(byFewestLabels);
  for (const { labels, runnerId, runnerName } of running) {
    if (labels === undefined || runnerId !== undefined || runnerName !== undefined) continue;
    const pool = able.find((one) => takes(one, labels) && (busy.get(one.id) ?? 0) < (idle.get(one.id) ?? 0));
    if (pool !== undefined) busy.set(pool.id, (busy.get(pool.id) ?? 0) + 1);
  }
  return busy;
}
