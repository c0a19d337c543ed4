import { type Failure, fail, type Result } from '../model/result.ts';

/** An answer of the forge that was no success. */
export interface Refusal {
  readonly what: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Wall clock, milliseconds. */
  readonly now: number;
}

/** Turns an answer that is not 2xx into a failure that names what is missing and the next step. */
export function judgeAnswer(answer: Refusal): Extract<Result<never>, { ok: false }> {
  const { what, status } = answer;
  const said = messageOf(answer.text);
  const quoted = said === '' ? '' : ` (${said})`;
  switch (status) {
    case 401:
      return fail(
        'unauthorized',
        `${UNKNOWN_TOKEN} for ${what}${quoted}; put a valid one into the secret of forge.token`,
      );
    case 403:
      return fail('unauthorized', `the token may not reach ${what}: ${forbidden(said)}`);
    case 404:
      return fail(
        'not-found',
        `the forge knows no ${what.replace(/^the /, '')}${quoted}; check forge.url and the names, and that the token may see them`,
      );
    case 429:
      return rateLimited(answer);
    default:
      break;
  }
  if (status >= 300 && status < 400) {
    return fail(
      'rejected',
      `${what} was answered with a redirect, which is not followed with a token; set forge.url to the final address`,
    );
  }
  if (status >= 500) return fail('unreachable', `the forge answered ${status} for ${what}${quoted}`);
  return fail('rejected', `the forge answered ${status} for ${what}${quoted}`);
}

const UNKNOWN_TOKEN = 'the forge does not accept the token';

/** The token itself is wrong, not only too narrow: asking for less does not help. */
export function isUnknownToken(failure: Failure): boolean {
  return failure.kind === 'unauthorized' && failure.detail.startsWith(UNKNOWN_TOKEN);
}

/** Gitea names the scope: `token does not have at least one of required scope(s), required=[read:admin], token scope=…`. */
function forbidden(said: string): string {
  const scope = /required=\[([^\]]+)\]/.exec(said)?.[1];
  if (scope !== undefined) return `it has no scope ${scope}; make a token with that scope`;
  if (/owner of the repo/.test(said))
    return 'its user does not own the repository; use a token of the owner or of a site admin';
  return `${said === '' ? 'the forge answered 403' : said}; use a token of a user with that right`;
}

/** `Retry-After` in seconds or as a date; a minute when the forge does not say, an hour at most. */
function rateLimited({ headers, what, now }: Refusal): Extract<Result<never>, { ok: false }> {
  const wait = headers.get('retry-after')?.trim() ?? '';
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
  const date = Date.parse(wait);
  const asked = /^\d+$/.test(wait) ? now + Number(wait) * 1000 : Number.isNaN(date) ? reset : date;
  const untilMs = Math.min(Math.max(Number.isNaN(asked) ? now + 60_000 : asked, now), now + 3_600_000);
  const detail = `the forge asks to wait ${Math.ceil((untilMs - now) / 1000)} s before it is asked for ${what} again`;
  return { ok: false, failure: { kind: 'rate-limited', detail, untilMs } };
}

/** What the forge says in `message`: one line, short. */
function messageOf(text: string): string {
  try {
    const message = (JSON.parse(text) as { message?: unknown } | null)?.message;
    return typeof message === 'string' ? message.replaceAll(/\s+/g, ' ').slice(0, 200) : '';
  } catch {
    return '';
  }
}
