import type { Demand, QueuedJob, RunningJob } from '../model/load.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { LoadSource, RunnerService } from '../ports/forge.ts';
import { createForgeClient, type ForgeClient, type ForgeClientOptions } from './forge-client.ts';
import {
  createScopeFinder,
  type ForgeScope,
  inScope,
  type ScopeChoice,
  type ScopeFinder,
  scopeInWords,
  scopePath,
} from './forge-scope.ts';
import { type ForgejoJob, readForgejoJob } from './forgejo-job.ts';
import { createForgejoRunners } from './forgejo-runners.ts';

export interface ForgejoOptions extends ForgeClientOptions, ScopeChoice {
  /** Address at which runners reach the forge when it is another than `url`. */
  readonly runnerUrl?: string;
}

/**
 * Forgejo 15 and later, by its published OpenAPI description: `GET …/actions/runners/jobs` is one bare array of waiting
 * and running jobs without pages, and `null` when there is none. It names neither a time nor a runner: a job waits
 * since it was first seen here, and while jobs run that match a pool, none of its runners is sure to be idle.
 */
export function createForgejo(options: ForgejoOptions): { readonly load: LoadSource; readonly runners: RunnerService } {
  const client = createForgeClient(options);
  const scopes = createScopeFinder(client, options, '/actions/runners/jobs?labels=');
  const firstSeen = new Map<string, number>();
  const jobsNow = (signal: AbortSignal): Promise<Result<readonly ForgejoJob[]>> => readJobs(client, scopes, signal);

  async function read(signal: AbortSignal): Promise<Result<Demand>> {
    const jobs = await jobsNow(signal);
    if (!jobs.ok) return jobs;
    noteTimes(firstSeen, jobs.value, options.clock.now());
    return ok(demandOf(jobs.value, firstSeen));
  }

  const runnerUrl = options.runnerUrl ?? client.url;
  return { load: { kind: 'forgejo', read }, runners: createForgejoRunners({ client, scopes, runnerUrl, jobsNow }) };
}

function readJobs(
  client: ForgeClient,
  scopes: ScopeFinder,
  signal: AbortSignal,
): Promise<Result<readonly ForgejoJob[]>> {
  return inScope(scopes, signal, async (scope: ForgeScope) => {
    const what = `the job queue ${scopeInWords(scope)}`;
    const answer = await client.call({ method: 'GET', path: `${scopePath(scope)}/actions/runners/jobs`, what }, signal);
    if (!answer.ok) return answer;
    const { body } = answer.value;
    if (body === null) return ok([]);
    const jobs = Array.isArray(body) ? body.map(readForgejoJob) : [undefined];
    if (jobs.includes(undefined)) {
      return fail(
        'rejected',
        `${what} came in a form that is not Forgejo's; check that forge.url is the address of the forge itself, and its version (15 or later)`,
      );
    }
    return ok((jobs as ForgejoJob[]).filter((job) => job.id > 0));
  });
}

const keyOf = (job: ForgejoJob): string => `${job.id}#${job.attempt}`;
const seenKey = (job: ForgejoJob): string => `${keyOf(job)} ${job.running ? 'running' : 'waiting'}`;

/** Remembers when a job was first seen waiting or running, and forgets those that are gone. */
function noteTimes(firstSeen: Map<string, number>, jobs: readonly ForgejoJob[], now: number): void {
  const keys = new Set(jobs.map(seenKey));
  for (const key of [...firstSeen.keys()]) if (!keys.has(key)) firstSeen.delete(key);
  for (const key of keys) if (!firstSeen.has(key)) firstSeen.set(key, now);
}

function demandOf(jobs: readonly ForgejoJob[], firstSeen: ReadonlyMap<string, number>): Demand {
  const common = (job: ForgejoJob) => ({
    id: keyOf(job),
    name: job.name,
    labels: job.labels,
    project: job.repository > 0 ? `repository ${job.repository}` : '',
  });
  const seenAt = (job: ForgejoJob): number => firstSeen.get(seenKey(job)) ?? 0;
  return {
    queued: jobs.filter((job) => !job.running).map((job): QueuedJob => ({ ...common(job), queuedAt: seenAt(job) })),
    running: jobs.filter((job) => job.running).map((job): RunningJob => ({ ...common(job), startedAt: seenAt(job) })),
  };
}
