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
  const byPool = new Map<string, QueuedJob[]>();
  const room = new Map(pools.map((pool) => [pool.id, (pool.size.max ?? Infinity) - (busy.get(pool.id) ?? 0)]));
  const able = pools.filter((pool) => pool.size.max !== 0 && pool.hosts.length > 0).sort(byFewestLabels);
  const candidates = new Map<string, readonly Pool[]>();
  const unmatched = new Map<string, QueuedJob[]>();

  for (const job of oldestFirst(queued)) {
    const key = labelKey(job.labels);
    const matching = candidates.get(key) ?? able.filter((pool) => takes(pool, job.labels));
    candidates.set(key, matching);
    const pool = matching.find((candidate) => (room.get(candidate.id) ?? 0) > 0) ?? matching[0];
    if (pool === undefined) push(unmatched, key, job);
    else {
      push(byPool, pool.id, job);
      room.set(pool.id, (room.get(pool.id) ?? 0) - 1);
    }
  }
  const unschedulable = [...unmatched]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, jobs]) => ({ labels: [...(jobs[0]?.labels ?? [])].sort(compareText), jobs }));
  return { byPool, unschedulable };
}

const takes = (pool: Pool, labels: readonly string[]): boolean => labels.every((label) => pool.labels.includes(label));

const byFewestLabels = (a: Pool, b: Pool): number => a.labels.length - b.labels.length || compareText(a.id, b.id);

function labelKey(labels: readonly string[]): string {
  return labels.length === 1 ? (labels[0] ?? '') : [...labels].sort(compareText).join('\n');
}

/** One entry per wait: the same job may have been listed on two pages or told of by a webhook as well. */
function oldestFirst(queued: readonly QueuedJob[]): readonly QueuedJob[] {
  const unique = new Map(queued.map((job) => [job.id, job]));
  return [...unique.values()].sort((a, b) => a.queuedAt - b.queuedAt || compareText(a.id, b.id));
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
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
