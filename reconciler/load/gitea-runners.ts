import type { ForgeRunner } from '../model/load.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { Secret } from '../model/secret.ts';
import type { RunnerCredential } from '../ports/engine.ts';
import type { RunnerService } from '../ports/forge.ts';
import type { ForgeClient } from './forge-client.ts';
import { inScope, type ScopeFinder, scopeInWords, scopePath } from './forge-scope.ts';
import type { GiteaJob } from './gitea-job.ts';
import { readWholeList } from './gitea-page.ts';

export interface GiteaRunnersOptions {
  readonly client: ForgeClient;
  readonly scopes: ScopeFinder;
  /** Jobs that run now. */
  readonly running: (signal: AbortSignal) => Promise<Result<readonly GiteaJob[]>>;
  /** Address at which runners reach the forge. */
  readonly runnerUrl: string;
}

/**
 * Registrations at Gitea. The reusable registration token stays here: each runner gets a registration of its own that
 * ends with its first job (`ephemeral`), made by the call that the runner program itself makes.
 */
export function createGiteaRunners({ client, scopes, running, runnerUrl }: GiteaRunnersOptions): RunnerService {
  const list: RunnerService['list'] = (signal) =>
    inScope(scopes, signal, (scope) =>
      readWholeList(
        client,
        {
          path: `${scopePath(scope)}/actions/runners`,
          key: 'runners',
          what: `the list of runners ${scopeInWords(scope)}`,
          read: readRunner,
          idOf: (runner) => runner.id,
        },
        signal,
      ),
    );

  /**
   * Gitea makes a registration token at the first question and invalidates all earlier ones when it makes one: two first
   * questions at the same time would leave one of them with a token that is refused.
   */
  const oneAfterAnother = inTurn();

  const registrationToken = async (signal: AbortSignal): Promise<Result<string>> => {
    const answer = await inScope(scopes, signal, async (scope) =>
      client.call(
        {
          method: 'POST',
          path: `${scopePath(scope)}/actions/runners/registration-token`,
          what: `a registration token ${scopeInWords(scope)}`,
        },
        signal,
      ),
    );
    if (!answer.ok) return answer;
    const token = textField(answer.value.body, 'token');
    return token === undefined
      ? fail('rejected', 'the forge gave no registration token; check its version (Gitea 1.24 or later)')
      : ok(token);
  };

  const register: RunnerService['register'] = async ({ name, labels }, signal) => {
    const wrong = labels.find((label) => label.includes(':') || label.includes(',') || label.trim() === '');
    if (wrong !== undefined) {
      return fail(
        'rejected',
        `a runner of Gitea cannot have the label "${wrong}": a colon begins the scheme (host, docker); use a hyphen, as in arch-amd64`,
      );
    }
    const token = await oneAfterAnother(() => registrationToken(signal));
    if (!token.ok) return token;
    const answer = await client.call(
      {
        method: 'POST',
        path: '/api/actions/runner.v1.RunnerService/Register',
        body: { name, token: token.value, version: 'autogit', labels, ephemeral: true },
        what: `the registration of runner ${name}`,
        anonymous: true,
      },
      signal,
    );
    return answer.ok ? credentialOf(answer.value.body, { name, labels, runnerUrl }) : answer;
  };

  const cordon: RunnerService['cordon'] = (forgeId, signal) =>
    change(forgeId, signal, (path, what) => ({ method: 'PATCH', path, body: { disabled: true }, what }));

  const remove: RunnerService['remove'] = (forgeId, signal) =>
    change(forgeId, signal, (path, what) => ({ method: 'DELETE', path, what }));

  const runningJobs: RunnerService['runningJobs'] = async (forgeId, signal) => {
    const jobs = await running(signal);
    return jobs.ok
      ? ok(jobs.value.filter((job) => String(job.runnerId) === forgeId).map((job) => String(job.id)))
      : jobs;
  };

  /** A registration that is gone takes no job and needs no removal. */
  async function change(
    forgeId: string,
    signal: AbortSignal,
    make: (path: string, what: string) => Parameters<ForgeClient['call']>[0],
  ): Promise<Result<void>> {
    const scope = await scopes.find(signal);
    if (!scope.ok) return scope;
    const path = `${scopePath(scope.value)}/actions/runners/${encodeURIComponent(forgeId)}`;
    const answer = await client.call(make(path, `runner ${forgeId} ${scopeInWords(scope.value)}`), signal);
    if (answer.ok || answer.failure.kind === 'not-found') return ok(undefined);
    return answer;
  }

  return { list, register, cordon, runningJobs, remove };
}

/** Runs what it is given one after another, in the order of the calls; a failure holds up none of the later ones. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}

function readRunner(entry: unknown): ForgeRunner | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { id, name, status, disabled, labels } = entry as Record<string, unknown>;
  if (typeof id !== 'number' || typeof name !== 'string') return undefined;
  return {
    id: String(id),
    name,
    online: status !== 'offline',
    disabled: disabled === true,
    labels: Array.isArray(labels) ? labels.flatMap((label) => textField(label, 'name') ?? []) : [],
  };
}

/** `.runner` as the runner's own `register` command would have written it, and a configuration for one job. */
function credentialOf(
  body: unknown,
  runner: { readonly name: string; readonly labels: readonly string[]; readonly runnerUrl: string },
): Result<RunnerCredential> {
  const made = (body as { readonly runner?: unknown } | null | undefined)?.runner;
  const [id, uuid, token] = ['id', 'uuid', 'token'].map((key) => textField(made, key));
  if (id === undefined || uuid === undefined || token === undefined) {
    return fail(
      'rejected',
      `the forge answered the registration of runner ${runner.name} in a form that is not Gitea's`,
    );
  }
  const file = {
    id: Number(id),
    uuid,
    name: runner.name,
    token,
    address: runner.runnerUrl,
    labels: runner.labels.map((label) => `${label}:host`),
    ephemeral: true,
  };
  return ok({
    forgeId: id,
    program: 'gitea-runner',
    files: [
      { path: '.runner', content: new Secret(JSON.stringify(file)) },
      { path: 'config.yaml', content: new Secret(CONFIG) },
    ],
    args: ['daemon', '--config', 'config.yaml'],
  });
}

/**
 * One job at a time, asked for every half second: with the runner's own back-off of five seconds an idle runner takes a
 * job ten times later. With `shutdown_timeout` a job that runs at SIGTERM is finished first; without, it is cancelled.
 * Work folders are below HOME, which the engine sets to the runner's own folder.
 */
const CONFIG = `log:
  level: info
runner:
  file: .runner
  capacity: 1
  fetch_interval: 500ms
  fetch_interval_max: 1s
  fetch_timeout: 5s
  shutdown_timeout: 24h
cache:
  enabled: false
`;

function textField(value: unknown, key: string): string | undefined {
  const field = (value as Record<string, unknown> | null | undefined)?.[key];
  return typeof field === 'string' && field !== '' ? field : undefined;
}
