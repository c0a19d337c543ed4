import type { Demand } from '../model/load.ts';
import { ok, type Result } from '../model/result.ts';
import type { LoadSource, RunnerService } from '../ports/forge.ts';
import { createForgeClient, type ForgeClient, type ForgeClientOptions } from './forge-client.ts';
import {
  createScopeFinder,
  type ForgeScope,
  inScope,
  type ScopeChoice,
  scopeInWords,
  scopePath,
} from './forge-scope.ts';
import { asQueued, asRunning, type GiteaJob, readJob } from './gitea-job.ts';
import { readWholeList } from './gitea-page.ts';
import { createGiteaRunners } from './gitea-runners.ts';

export interface GiteaOptions extends ForgeClientOptions, ScopeChoice {
  /** Address at which runners reach the forge when it is another than `url`. */
  readonly runnerUrl?: string;
}

/**
 * Gitea 1.24 and later (measured with 1.26.4): its job queue and its runners, both in the same scope. Reading needs the
 * token scope `read:admin` (or `read:organization`, `read:repository`), registering `write:admin` (or …).
 */
export function createGitea(options: GiteaOptions): { readonly load: LoadSource; readonly runners: RunnerService } {
  const client = createForgeClient(options);
  const scopes = createScopeFinder(client, options, '/actions/jobs?status=queued&limit=1');
  const running = (signal: AbortSignal): Promise<Result<readonly GiteaJob[]>> =>
    inScope(scopes, signal, (scope) => readJobs(client, scope, 'in_progress', signal));

  /** The queue first: a job that is picked up in between is in both lists, and never in none. */
  async function read(signal: AbortSignal): Promise<Result<Demand>> {
    const queued = await inScope(scopes, signal, (scope) => readJobs(client, scope, 'queued', signal));
    if (!queued.ok) return queued;
    const busy = await running(signal);
    if (!busy.ok) return busy;
    const pickedUp = new Set(busy.value.map((job) => job.id));
    return ok({
      queued: queued.value.filter((job) => !pickedUp.has(job.id)).map(asQueued),
      running: busy.value.map(asRunning),
    });
  }

  return {
    load: { kind: 'gitea', read },
    runners: createGiteaRunners({ client, scopes, running, runnerUrl: options.runnerUrl ?? client.url }),
  };
}

/** `queued` is what can run now; Gitea calls blocked jobs `waiting`. */
function readJobs(
  client: ForgeClient,
  scope: ForgeScope,
  status: 'queued' | 'in_progress',
  signal: AbortSignal,
): Promise<Result<readonly GiteaJob[]>> {
  const request = {
    path: `${scopePath(scope)}/actions/jobs?status=${status}`,
    key: 'jobs',
    what: `the ${status === 'queued' ? 'job queue' : 'list of running jobs'} ${scopeInWords(scope)}`,
    read: readJob,
    idOf: (job: GiteaJob) => String(job.id),
  };
  return readWholeList(client, request, signal);
}
