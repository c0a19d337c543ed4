import { fail, ok, type Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';
import type { Clock } from '../ports/clock.ts';
import { judgeAnswer, type Refusal } from './forge-failure.ts';

export interface ForgeClientOptions {
  /** Base address of the forge without a slash at the end, `https://git.example.org` or with a path. */
  readonly url: string;
  /** Read before each call, so that a changed token needs no restart. */
  readonly token: () => Promise<Result<Secret>>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Milliseconds for one call, default 10 000. */
  readonly deadlineMs?: number;
}

export interface ForgeCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the base address: `/api/v1/…`. */
  readonly path: string;
  readonly body?: unknown;
  /** For messages: `the job queue`. */
  readonly what: string;
  /** Calls that carry their own credential in the body get no token. */
  readonly anonymous?: boolean;
}

export interface ForgeAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined when the body was empty. */
  readonly body: unknown;
}

export interface ForgeClient {
  readonly url: string;
  readonly clock: Clock;
  call(call: ForgeCall, signal: AbortSignal): Promise<Result<ForgeAnswer>>;
}

/** Largest answer that is read: 50 jobs take about 25 kB, a Forgejo list of 20 000 jobs about 8 MB. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** HTTP calls of Forgejo and Gitea as results. Redirects are not followed with a token; no secret is ever in a message. */
export function createForgeClient(options: ForgeClientOptions): ForgeClient {
  const url = options.url.replace(/\/+$/, '');
  return { url, clock: options.clock, call: (request, signal) => send(options, url, request, signal) };
}

async function send(
  options: ForgeClientOptions,
  url: string,
  request: ForgeCall,
  signal: AbortSignal,
): Promise<Result<ForgeAnswer>> {
  const token = request.anonymous === true ? undefined : await options.token();
  if (token?.ok === false) return token;
  const deadlineMs = options.deadlineMs ?? 10_000;
  const late = new AbortController();
  const done = new AbortController();
  void options.clock.sleep(deadlineMs, AbortSignal.any([done.signal, signal])).then(() => late.abort());
  try {
    const answer = await options.fetch(`${url}${request.path}`, {
      method: request.method,
      redirect: 'manual',
      headers: headersOf(request, token?.value),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: AbortSignal.any([signal, late.signal]),
    });
    const text = await readText(answer);
    const refusal: Refusal = {
      what: request.what,
      status: answer.status,
      headers: answer.headers,
      text,
      now: options.clock.now(),
    };
    return answer.ok ? parse(refusal) : judgeAnswer(refusal);
  } catch (error) {
    if (signal.aborted) return fail('cancelled', `${request.what} was not asked for: the reconciler is stopping`);
    if (late.signal.aborted) {
      return fail('timeout', `the forge did not answer within ${deadlineMs / 1000} s when asked for ${request.what}`);
    }
    return fail('unreachable', `the forge at ${hostOf(url)} could not be asked for ${request.what}: ${causeOf(error)}`);
  } finally {
    done.abort();
  }
}

function headersOf(request: ForgeCall, token: Secret | undefined): Record<string, string> {
  return {
    accept: 'application/json',
    ...(token === undefined ? {} : { authorization: `token ${token.reveal()}` }),
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

function parse(answer: Refusal): Result<ForgeAnswer> {
  const { status, headers, text, what } = answer;
  if (text === '') return ok({ status, headers, body: undefined });
  try {
    return ok({ status, headers, body: JSON.parse(text) as unknown });
  } catch {
    return fail(
      'rejected',
      `${what} came as something that is not JSON (${text.length} characters); check that forge.url is the address of the forge itself`,
    );
  }
}

/** Throws for a body that is cut off or too long; both are read as no answer. */
async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) throw new Error(`its answer is longer than ${LARGEST_ANSWER} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'the address in forge.url';
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'its name is not known (ENOTFOUND); check forge.url',
  ECONNRESET: 'it closed the connection (ECONNRESET)',
  UND_ERR_SOCKET: 'it closed the connection (ECONNRESET)',
};

function causeOf(error: unknown): string {
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  if (typeof code === 'string') return CAUSES[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}
