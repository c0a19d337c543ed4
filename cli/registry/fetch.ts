import { fail, type Result } from '../../reconciler/model/result.ts';
import type { Clock } from '../../reconciler/ports/clock.ts';
import { type Http, type HttpAnswer, type HttpCall, isLoopback } from './http-call.ts';

/** A request that follows redirects and is tried again where that may help. */
export type Fetch = (call: HttpCall) => Promise<Result<HttpAnswer>>;

export interface FetchOptions {
  readonly http: Http;
  readonly clock: Clock;
  /** Hosts (with their port) that may be asked without TLS. */
  readonly insecure: readonly string[];
  /** Waits up to this are waited; what asks for more is a failure. */
  readonly patienceMs: number;
}

const redirectsAtMost = 5;
const triesAtMost = 3;

/**
 * A login goes to the origin that it was meant for and to no other: a redirect to another host or port loses the
 * `Authorization` header, and one from TLS to plain HTTP is not followed. Servers that are busy are asked three times.
 */
export function createFetch({ http, clock, insecure, patienceMs }: FetchOptions): Fetch {
  function isRefused({ protocol, hostname, host }: URL): boolean {
    return protocol !== 'https:' && !(protocol === 'http:' && (isLoopback(hostname) || insecure.includes(host)));
  }

  async function follow(call: HttpCall): Promise<Result<HttpAnswer>> {
    let { url, headers } = call;
    for (let count = 0; count <= redirectsAtMost; count += 1) {
      if (isRefused(url)) {
        const what = count === 0 ? `${url.host} is named` : `${call.url.host} sends on to ${url.host}`;
        return fail('rejected', `${what} without TLS, which is only allowed with --insecure-registry ${url.host}`);
      }
      const answer = await http.call({ ...call, url, headers });
      const target = answer.ok ? redirectOf(answer.value, url) : undefined;
      if (target === undefined || call.method === 'POST') return answer;
      if (target.origin !== url.origin) headers = withoutLogin(headers);
      url = target;
    }
    return fail('rejected', `${call.url.host} sends from one address to the next without end`);
  }

  return async (call) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await follow(call);
      const waitMs = answer.ok ? waitOf(answer.value, tries, clock) : pauseAfterCut(answer, tries);
      if (waitMs === undefined) return answer;
      if (tries >= triesAtMost || waitMs > patienceMs) return answer.ok ? busy(answer.value, call.url, waitMs) : answer;
      await clock.sleep(waitMs, call.signal);
      if (call.signal.aborted) return fail('cancelled', `asking ${call.url.host} was stopped`);
    }
  };

  function busy({ status }: HttpAnswer, { host }: URL, waitMs: number): Result<never> {
    if (status !== 429) return fail('unreachable', `${host} answers ${status}; try again later`);
    const untilMs = clock.now() + waitMs;
    const seconds = Math.ceil(waitMs / 1000);
    const detail = `${host} allows no more requests for ${seconds} s; log in with \`docker login\` for a higher limit, or try again later`;
    return { ok: false, failure: { kind: 'rate-limited', detail, untilMs } };
  }
}

function redirectOf({ status, header }: HttpAnswer, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const target = URL.parse(header('location') ?? '', from);
  if (target === null) return undefined;
  target.username = '';
  target.password = '';
  return target;
}

function withoutLogin(headers: HttpCall['headers']): HttpCall['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

/** Milliseconds until a busy server may be asked again; undefined for a server that answered. */
function waitOf({ status, header }: HttpAnswer, tries: number, clock: Clock): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  const after = header('retry-after');
  if (after === undefined) return 1000 * 2 ** (tries - 1);
  const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - clock.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : 1000 * 2 ** (tries - 1);
}

/** A connection that was cut in the middle is worth another try; one that never came about is not. */
function pauseAfterCut({ failure }: Extract<Result<never>, { ok: false }>, tries: number): number | undefined {
  return failure.kind === 'unreachable' && failure.detail.includes('ended early') ? 500 * tries : undefined;
}
