import type { ForgeRunner } from '../model/load.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { Secret } from '../model/secret.ts';
import type { RunnerCredential } from '../ports/engine.ts';
import type { RunnerService } from '../ports/forge.ts';
import type { ForgeClient } from './forge-client.ts';
import { inScope, type ScopeFinder, scopeInWords, scopePath } from './forge-scope.ts';
import type { ForgejoJob } from './forgejo-job.ts';

export interface ForgejoRunnersOptions {
  readonly client: ForgeClient;
  readonly scopes: ScopeFinder;
  /** Address at which runners reach the forge. */
  readonly runnerUrl: string;
  readonly jobsNow: (signal: AbortSignal) => Promise<Result<readonly ForgejoJob[]>>;
}

/** Pages of the list of runners; more than this many registrations are not read. */
const PAGE = 50;
const MOST_PAGES = 200;

/** Registrations at Forgejo 15 and later: `POST …/actions/runners` makes one that ends with its first job. */
export function createForgejoRunners({ client, scopes, runnerUrl, jobsNow }: ForgejoRunnersOptions): RunnerService {
  const list: RunnerService['list'] = (signal) =>
    inScope(scopes, signal, async (scope) => {
      const runners: ForgeRunner[] = [];
      const what = `the list of runners ${scopeInWords(scope)}`;
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const path = `${scopePath(scope)}/actions/runners?limit=${PAGE}&page=${page}`;
        const answer = await client.call({ method: 'GET', path, what }, signal);
        if (!answer.ok) return answer;
        const entries = readPage(answer.value.body);
        if (entries === undefined)
          return fail(
            'rejected',
            `${what} came in a form that is not Forgejo's; check forge.url and the version (15 or later)`,
          );
        runners.push(...entries);
        const total = Number(answer.value.headers.get('x-total-count') ?? entries.length);
        if (runners.length >= total) return ok(runners);
        if (entries.length === 0)
          return fail(
            'rejected',
            `${what} came with ${runners.length} of ${total} entries; it is read again in the next cycle`,
          );
      }
      return ok(runners);
    });

  const register: RunnerService['register'] = ({ name, labels }, signal) =>
    inScope(scopes, signal, async (scope) => {
      const wrong = labels.find((label) => label.includes(':') || label.trim() === '');
      if (wrong !== undefined)
        return fail(
          'rejected',
          `a runner of Forgejo cannot have the label "${wrong}": a colon begins the scheme; use a hyphen`,
        );
      const path = `${scopePath(scope)}/actions/runners`;
      const body = { name, description: 'made by AutoGit for one job', ephemeral: true };
      const answer = await client.call(
        { method: 'POST', path, body, what: `the registration of runner ${name} ${scopeInWords(scope)}` },
        signal,
      );
      return answer.ok ? credentialOf(answer.value.body, name, labels, runnerUrl) : answer;
    });

  /**
   * Forgejo's schema has no cordon. A one-job runner takes no second job, and one that is about to be removed is looked
   * at by `runningJobs` right before.
   */
  const cordon: RunnerService['cordon'] = async () => ok(undefined);

  /** The forge does not tell which runner has a job: while the registration is there, any of the running jobs may be its. */
  const runningJobs: RunnerService['runningJobs'] = async (forgeId, signal) => {
    const there = await inScope(scopes, signal, (scope) =>
      client.call(
        {
          method: 'GET',
          path: `${scopePath(scope)}/actions/runners/${encodeURIComponent(forgeId)}`,
          what: `runner ${forgeId}`,
        },
        signal,
      ),
    );
    if (!there.ok) return there.failure.kind === 'not-found' ? ok([]) : there;
    const jobs = await jobsNow(signal);
    return jobs.ok ? ok(jobs.value.filter((job) => job.running).map((job) => String(job.id))) : jobs;
  };

  const remove: RunnerService['remove'] = async (forgeId, signal) => {
    const scope = await scopes.find(signal);
    if (!scope.ok) return scope;
    const path = `${scopePath(scope.value)}/actions/runners/${encodeURIComponent(forgeId)}`;
    const answer = await client.call({ method: 'DELETE', path, what: `runner ${forgeId}` }, signal);
    return answer.ok || answer.failure.kind === 'not-found' ? ok(undefined) : answer;
  };

  return { list, register, cordon, runningJobs, remove };
}

/** A bare array, `null` when empty; undefined when it is something else. */
function readPage(body: unknown): readonly ForgeRunner[] | undefined {
  if (body === null) return [];
  if (!Array.isArray(body)) return undefined;
  const runners = body.map(readRunner);
  return runners.includes(undefined) ? undefined : (runners as ForgeRunner[]);
}

function readRunner(entry: unknown): ForgeRunner | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { id, name, status, labels } = entry as Record<string, unknown>;
  if (typeof id !== 'number' || typeof name !== 'string') return undefined;
  const known = Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : [];
  return { id: String(id), name, online: status !== 'offline', disabled: false, labels: known };
}

/**
 * The token lies in a file of the runner's working folder, which the program finds through `/proc/self/cwd` wherever an
 * engine puts that folder (Linux).
 */
function credentialOf(
  body: unknown,
  name: string,
  labels: readonly string[],
  runnerUrl: string,
): Result<RunnerCredential> {
  const { id, uuid, token } = (body ?? {}) as Record<string, unknown>;
  if (typeof id !== 'number' || typeof uuid !== 'string' || typeof token !== 'string') {
    return fail(
      'rejected',
      `the forge answered the registration of runner ${name} in a form that is not Forgejo's (15 or later)`,
    );
  }
  const place = ['--url', runnerUrl, '--uuid', uuid, '--token-url', 'file:///proc/self/cwd/token'];
  return ok({
    forgeId: String(id),
    program: 'forgejo-runner',
    files: [{ path: 'token', content: new Secret(token) }],
    args: ['one-job', ...place, ...labels.flatMap((label) => ['--label', `${label}:host`]), '--wait'],
  });
}
