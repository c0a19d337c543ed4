import type { QueuedJob, RunningJob } from '../model/load.ts';

/** The fields of Gitea's workflow job that matter here; unset times are 1970-01-01. */
export interface GiteaJob {
  readonly id: number;
  readonly name: string;
  readonly labels: readonly string[];
  readonly url: string;
  /** Counts pick-ups: 0 while first queued, 1 while it runs, still 1 when queued by a re-run. */
  readonly attempt: number;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly runnerId?: number;
  readonly runnerName?: string;
}

/** Reads one entry of `jobs`; undefined when it is not a job. */
export function readJob(entry: unknown): GiteaJob | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const job = entry as Record<string, unknown>;
  // An empty `runs-on` may come as null; a job without the key is cut off.
  const labels = job.labels === null ? [] : job.labels;
  if (typeof job.id !== 'number' || typeof job.name !== 'string' || !isTexts(labels)) return undefined;
  return {
    id: job.id,
    name: job.name,
    labels,
    url: typeof job.url === 'string' ? job.url : '',
    attempt: typeof job.run_attempt === 'number' ? job.run_attempt : 0,
    createdAt: timeOf(job.created_at),
    startedAt: timeOf(job.started_at),
    ...(typeof job.runner_id === 'number' && job.runner_id > 0 ? { runnerId: job.runner_id } : {}),
    ...(typeof job.runner_name === 'string' && job.runner_name !== '' ? { runnerName: job.runner_name } : {}),
  };
}

export function asQueued(job: GiteaJob): QueuedJob {
  return {
    id: `${job.id}#${job.attempt}`,
    name: job.name,
    labels: job.labels,
    project: projectOf(job.url),
    queuedAt: job.createdAt,
  };
}

/** The id is that of the wait that ended when it was picked up. */
export function asRunning(job: GiteaJob): RunningJob {
  return {
    id: `${job.id}#${Math.max(0, job.attempt - 1)}`,
    name: job.name,
    project: projectOf(job.url),
    startedAt: job.startedAt > 0 ? job.startedAt : job.createdAt,
    ...(job.runnerId === undefined ? {} : { runnerId: String(job.runnerId) }),
    ...(job.runnerName === undefined ? {} : { runnerName: job.runnerName }),
  };
}

/** Gitea's job names no repository; the address of the job does: `…/repos/ci/demo/actions/jobs/12`. */
function projectOf(url: string): string {
  const match = /\/repos\/([^/]+)\/([^/]+)\/actions\//.exec(url);
  return match === null ? '' : `${decodeURIComponent(match[1] ?? '')}/${decodeURIComponent(match[2] ?? '')}`;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function timeOf(value: unknown): number {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? 0 : at;
}
