import { type Failure, fail, ok, type Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommitStatus, Notifier } from '../ports/forge.ts';
import type { ForgeRepository } from './repository.ts';

export interface CommitStatusOptions {
  /** Address of the forge, `https://git.example.org` or with a path. `http` is taken as it is given. */
  readonly url: string;
  readonly repository: Pick<ForgeRepository, 'owner' | 'name'>;
  /** Read before each call, so that a changed token needs no restart. Needs the scope `write:repository`. */
  readonly token: () => Promise<Result<Secret>>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Where the status links to: the dashboard. */
  readonly targetUrl?: string;
  /** Milliseconds for one call, default 10 000. */
  readonly deadlineMs?: number;
}

/** An answer about one status is small; more is not read. */
const largestAnswer = 256 * 1024;

/**
 * Commit statuses on Forgejo and Gitea: `POST /api/v1/repos/{owner}/{repo}/statuses/{sha}` → 201 (their published
 * OpenAPI description). A revision that is no commit (a watched file) is reported nowhere, which is fine.
 */
export function createCommitStatus(options: CommitStatusOptions): Notifier {
  const { owner, name } = options.repository;
  const what = `the commit status of ${owner}/${name}`;

  async function report(status: CommitStatus, signal: AbortSignal): Promise<Result<void>> {
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(status.revision)) return ok(undefined);
    const base = forgeAddress(options.url);
    if (!base.ok) return base;
    const token = await options.token();
    if (!token.ok) return token;
    const address = `${base.value}/api/v1/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/statuses/${status.revision}`;
    const body = {
      state: status.state,
      context: status.context,
      description: shorten(status.description, 140),
      ...(options.targetUrl === undefined ? {} : { target_url: options.targetUrl }),
    };
    return withDeadline(options, signal, what, async (limit) => {
      const answer = await options.fetch(address, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          authorization: `token ${token.value.reveal()}`,
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: JSON.stringify(body),
        signal: limit,
      });
      return judge(answer.status, answer.headers, await readText(answer), what, options.clock);
    });
  }

  return { report };
}

/** Base address without a slash at the end; only http and https, no user name or password in it. */
function forgeAddress(url: string): Result<string> {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    return fail('rejected', 'the address of the forge does not begin with https:// or http://; correct forge.url');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return fail(
      'rejected',
      `the address of the forge at ${parsed.host} holds a user name or password; remove it and use forge.token`,
    );
  }
  return ok(`${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`);
}

/** Runs one call with a time limit; whatever `fetch` throws becomes a failure. */
async function withDeadline(
  options: CommitStatusOptions,
  signal: AbortSignal,
  what: string,
  call: (limit: AbortSignal) => Promise<Result<void>>,
): Promise<Result<void>> {
  const deadlineMs = options.deadlineMs ?? 10_000;
  const done = new AbortController();
  const late = new AbortController();
  void options.clock.sleep(deadlineMs, done.signal).then(() => late.abort());
  try {
    return await call(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (signal.aborted) return fail('cancelled', `${what} was not sent: the reconciler is stopping`);
    if (late.signal.aborted)
      return fail('timeout', `${what} was not accepted within ${deadlineMs / 1000} s; it is sent again later`);
    return fail(
      'unreachable',
      `${what} could not be sent to ${options.url}: ${causeOf(error)}; check that the forge runs and that forge.url is right`,
    );
  } finally {
    done.abort();
  }
}

function judge(status: number, headers: Headers, text: string, what: string, clock: Clock): Result<void> {
  if (status === 201 || status === 200) return checkBody(text, what);
  const said = messageOf(text);
  switch (status) {
    case 401:
      return fail(
        'unauthorized',
        `${what} was refused: the forge does not know the token; set a valid one in the secret of forge.token`,
      );
    case 403:
      return fail(
        'unauthorized',
        `${what} was refused${said}; give the token the scope write:repository and its user write access`,
      );
    case 404:
      return fail(
        'not-found',
        `${what} was refused: the forge knows no such repository or commit, or the token may not see it${said}`,
      );
    case 429:
      return { ok: false, failure: rateLimited(headers, what, clock) };
  }
  if (status >= 300 && status < 400)
    return fail(
      'rejected',
      `${what} was answered with a redirect to another address, which is not followed with a token; set forge.url to the final address`,
    );
  if (status >= 500) return fail('unreachable', `${what} was answered with ${status}${said}; it is sent again later`);
  return fail('rejected', `${what} was answered with ${status}${said}`);
}

/** 201 with a body that is no status object is not the forge: a proxy or a login page answered. */
function checkBody(text: string, what: string): Result<void> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'id' in body) return ok(undefined);
  } catch {
    // Not JSON: the same answer as JSON of another shape.
  }
  return fail(
    'rejected',
    `${what} was answered with something that is no commit status; check that forge.url is the address of the forge itself`,
  );
}

function rateLimited(headers: Headers, what: string, clock: Clock): Failure {
  const wait = headers.get('retry-after')?.trim() ?? '';
  const now = clock.now();
  const date = Date.parse(wait);
  const untilMs = /^\d+$/.test(wait)
    ? now + Math.min(Number(wait), 3600) * 1000
    : Number.isNaN(date)
      ? now + 60_000
      : Math.min(Math.max(date, now), now + 3_600_000);
  return {
    kind: 'rate-limited',
    detail: `${what} was refused: too many requests; it is sent again in ${Math.ceil((untilMs - now) / 1000)} s`,
    untilMs,
  };
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > largestAnswer) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What the forge says in `message`, for people: one line, short. */
function messageOf(text: string): string {
  try {
    const message = (JSON.parse(text) as { message?: unknown } | null)?.message;
    if (typeof message === 'string' && message !== '') return ` (${shorten(message.replaceAll(/\s+/g, ' '), 200)})`;
  } catch {
    // No JSON: nothing worth repeating.
  }
  return '';
}

function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

function causeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown; message?: unknown } } | null)?.cause;
  if (typeof cause?.code === 'string') return cause.code;
  if (typeof cause?.message === 'string') return cause.message;
  return error instanceof Error ? error.message : String(error);
}
