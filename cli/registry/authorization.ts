import { fail, ok, type Result } from '../../reconciler/model/result.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credentials, Login, Logins } from './docker-config.ts';
import type { Fetch } from './fetch.ts';

export interface AuthorizationAsk {
  readonly registry: string;
  readonly repository: string;
  /** Of the answer 401. */
  readonly challenge: string;
  readonly signal: AbortSignal;
}

export interface Authorized {
  /** The value of the `Authorization` header. */
  readonly header: Secret;
  /** Whether somebody is logged in; anonymous tokens open what is public. */
  readonly isAnonymous: boolean;
  readonly trouble?: string;
}

/**
 * Answers a challenge of a registry: Basic, or a token for pulling from one repository
 * (https://distribution.github.io/distribution/spec/auth/token/). Credentials go to the realm that the registry names, over
 * TLS or to this machine only.
 */
export function createAuthorization(fetch: Fetch, logins: Logins) {
  return async (ask: AuthorizationAsk): Promise<Result<Authorized>> => {
    const challenges = parseChallenges(ask.challenge);
    const login = await logins(ask.registry, ask.signal);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (login.credentials?.kind === 'bearer' && bearer !== undefined) {
      return authorized(`Bearer ${login.credentials.token.reveal()}`, login);
    }
    if (bearer !== undefined) return token(fetch, ask, bearer, login);
    if (challenges.some(({ scheme }) => scheme === 'basic')) {
      if (login.credentials?.kind === 'password') return authorized(basic(login.credentials), login);
      return fail(
        'unauthorized',
        `${ask.registry} wants a login${because(login)}; run \`docker login ${ask.registry}\``,
      );
    }
    return fail('unauthorized', `${ask.registry} wants a login of a kind that AutoGit does not know`);
  };
}

/** For a sentence: ` (docker-credential-pass is not installed)`. */
export function because({ trouble }: Pick<Login, 'trouble'>): string {
  return trouble === undefined ? '' : ` (${trouble})`;
}

function authorized(header: string, { credentials, trouble }: Login): Result<Authorized> {
  const isAnonymous = credentials === undefined;
  return ok({ header: new Secret(header), isAnonymous, ...(trouble === undefined ? {} : { trouble }) });
}

function basic({ user, password }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
}

/** Longest answer of a token server. */
const largestToken = 256 * 1024;

async function token(
  fetch: Fetch,
  { registry, repository, signal }: AuthorizationAsk,
  { parameters }: Challenge,
  login: Login,
): Promise<Result<Authorized>> {
  const url = URL.parse(parameters.realm ?? '');
  if (url === null) return fail('rejected', `${registry} names no address for its tokens; is it a registry?`);
  const wish = {
    ...(parameters.service === undefined ? {} : { service: parameters.service }),
    scope: parameters.scope ?? `repository:${repository}:pull`,
  };
  const call = tokenCall(url, wish, login.credentials);
  const answer = await fetch({ ...call, maxBytes: largestToken, signal });
  if (!answer.ok) return answer;
  const { status, bytes } = answer.value;
  if (status === 401 || status === 403) {
    const who = login.credentials === undefined ? 'nobody is logged in' : 'it refuses the login';
    const next = `run \`docker login${registry === 'docker.io' ? '' : ` ${registry}`}\``;
    return fail('unauthorized', `${url.host} gives no token for ${registry}: ${who}${because(login)}; ${next}`);
  }
  const value = status === 200 ? tokenOf(bytes) : undefined;
  if (value === undefined) return fail('rejected', `${url.host} answered ${status} and gave no token for ${registry}`);
  return authorized(`Bearer ${value}`, login);
}

function tokenCall(url: URL, wish: Readonly<Record<string, string>>, credentials: Credentials | undefined) {
  if (credentials?.kind === 'identity') {
    const form = {
      ...wish,
      grant_type: 'refresh_token',
      client_id: 'autogit',
      refresh_token: credentials.token.reveal(),
    };
    return {
      url,
      method: 'POST' as const,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    };
  }
  const asked = new URL(url);
  for (const [name, value] of Object.entries(wish)) asked.searchParams.set(name, value);
  const authorization = credentials?.kind === 'password' ? { authorization: basic(credentials) } : {};
  return { url: asked, method: 'GET' as const, headers: authorization };
}

/** `token` and `access_token` mean the same. A header may not hold line breaks. */
function tokenOf(bytes: Buffer): string | undefined {
  try {
    const { token: value, access_token: other } = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    const found = typeof value === 'string' && value !== '' ? value : other;
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
