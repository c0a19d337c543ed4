import type { Pool } from '../../compiler/model/platform.ts';
import type { Demand, QueuedJob, RunningJob } from '../model/load.ts';
import { compareText } from './digest.ts';
import { type LabelNode, labelTree, nodeFor, type Place, takePlace } from './label-tree.ts';

/** The waiting jobs of one pool. */
export interface Queue {
  readonly count: number;
  /** When the one that waits longest was queued: wall clock, milliseconds. */
  readonly oldestAt: number | undefined;
}

export interface MatchedDemand {
  /** Pool id → its queue. Every job is in at most one. A pool that can take no job at all is not in it. */
  readonly byPool: ReadonlyMap<string, Queue>;
  /** Jobs that no pool can take: how many, by label set. */
  readonly unschedulable: readonly { readonly labels: readonly string[]; readonly count: number }[];
}

/**
 * Jobs that wait, oldest first, one entry per wait: the same job may have been listed on two pages or told of by a
 * webhook as well. One that is in the list of running jobs by now does not wait.
 */
export function waitingJobs({ queued, running }: Demand): readonly QueuedJob[] {
  const seen = new Set<string>();
  for (const job of running) seen.add(job.id);
  const waiting: QueuedJob[] = [];
  let previous: QueuedJob | undefined;
  let isSorted = true;
  for (const job of queued) {
    const known = seen.size;
    if (seen.add(job.id).size === known) continue;
    if (previous !== undefined && isSorted) isSorted = byAge(previous, job) < 0;
    previous = job;
    waiting.push(job);
  }
  return isSorted ? waiting : waiting.sort(byAge);
}

/**
 * Charges each waiting job to exactly one pool. A runner takes a job when it has all its labels (exact, case-sensitive;
 * no labels match every runner). Of several pools the one with the fewest labels is charged first, so that special
 * runners stay free for those who need them; when it is full by its `max`, the next.
 * `waiting`: oldest first. `busy`: runners with a job, by pool.
 */
export function matchJobs(
  waiting: readonly QueuedJob[],
  pools: readonly Pool[],
  busy: ReadonlyMap<string, number>,
): MatchedDemand {
  const places = pools
    .filter((pool) => pool.size.max !== 0 && pool.hosts.length > 0)
    .sort(byFewestLabels)
    .map((pool): CountedPlace => {
      const room = (pool.size.max ?? Infinity) - (busy.get(pool.id) ?? 0);
      return { pool, room, count: 0, oldestAt: undefined };
    });
  const root = labelTree(places);
  const unmatched = new Map<LabelNode<CountedPlace>, { readonly labels: readonly string[]; count: number }>();

  for (const job of waiting) {
    const node = nodeFor(root, job.labels);
    const place = takePlace(node) ?? node.places[0];
    if (place === undefined) {
      const set = unmatched.get(node);
      if (set === undefined) unmatched.set(node, { labels: job.labels, count: 1 });
      else set.count += 1;
    } else {
      place.count += 1;
      place.oldestAt ??= job.queuedAt;
    }
  }
  return {
    byPool: new Map(places.map((place) => [place.pool.id, place])),
    unschedulable: byLabelSet([...unmatched.values()]),
  };
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
  let root: LabelNode<Place> | undefined;
  for (const { labels, runnerId, runnerName } of running) {
    if (labels === undefined || runnerId !== undefined || runnerName !== undefined) continue;
    root ??= labelTree([...pools].sort(byFewestLabels).map((pool) => ({ pool, room: idle.get(pool.id) ?? 0 })));
    const id = takePlace(nodeFor(root, labels))?.pool.id;
    if (id !== undefined) busy.set(id, (busy.get(id) ?? 0) + 1);
  }
  return busy;
}

interface CountedPlace extends Place {
  count: number;
  oldestAt: number | undefined;
}

/** The order in which a workflow names its labels means nothing. */
function byLabelSet(unmatched: MatchedDemand['unschedulable']): MatchedDemand['unschedulable'] {
  const sets = new Map<string, { readonly labels: readonly string[]; count: number }>();
  for (const { labels, count } of unmatched) {
    const sorted = [...labels].sort(compareText);
    const key = sorted.join('\n');
    const set = sets.get(key);
    if (set === undefined) sets.set(key, { labels: sorted, count });
    else set.count += count;
  }
  return [...sets].sort(([a], [b]) => compareText(a, b)).map(([, set]) => set);
}

const byFewestLabels = (a: Pool, b: Pool): number => a.labels.length - b.labels.length || compareText(a.id, b.id);

const byAge = (a: QueuedJob, b: QueuedJob): number => a.queuedAt - b.queuedAt || compareText(a.id, b.id);
