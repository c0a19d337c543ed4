import type { ImageReference } from '../../compiler/model/image-reference.ts';
import { fail, type Result } from '../../reconciler/model/result.ts';
import { type Authorized, because, createAuthorization } from './authorization.ts';
import type { Logins } from './docker-config.ts';
import type { Fetch } from './fetch.ts';
import { type HttpAnswer, isLoopback, noTls } from './http-call.ts';

export interface AskOptions {
  readonly method: 'GET' | 'HEAD';
  /** After `/v2/<repository>/`. */
  readonly path: string;
  readonly accept: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** One question about a repository; the answer has status 200. */
export type Ask = (reference: ImageReference, options: AskOptions) => Promise<Result<HttpAnswer>>;

export interface AskSetup {
  readonly fetch: Fetch;
  readonly logins: Logins;
  readonly insecure: readonly string[];
  readonly userAgent: string;
}

/** Docker Hub answers under another name than the one that images bear. */
const hubHost = 'registry-1.docker.io';

/** Asks registries, with a login where they want one and without TLS where that is allowed and needed. */
export function createAsk({ fetch, logins, insecure, userAgent }: AskSetup): Ask {
  const authorize = createAuthorization(fetch, logins);
  const authorized = new Map<string, Authorized>();
  const plain = new Set<string>();

  async function send(reference: ImageReference, options: AskOptions, login?: Authorized): Promise<Result<HttpAnswer>> {
    const { repository } = reference;
    const host = hostOf(reference);
    const headers = {
      accept: options.accept,
      'user-agent': userAgent,
      ...(login === undefined ? {} : { authorization: login.header.reveal() }),
    };
    const at = (scheme: string) => new URL(`${scheme}://${host}/v2/${repository}/${options.path}`);
    const mayBePlain = insecure.includes(host) || isLoopback(at('https').hostname);
    const call = { ...options, headers };
    // Another question may learn it meanwhile, so what counts is how this one was sent.
    if (plain.has(host)) return fetch({ ...call, url: at('http') });
    const answer = await fetch({ ...call, url: at('https') });
    if (answer.ok || !mayBePlain || !answer.failure.detail.includes(noTls)) return answer;
    plain.add(host);
    return fetch({ ...call, url: at('http') });
  }

  return async (reference, options) => {
    const key = `${reference.registry} ${reference.repository}`;
    let login = authorized.get(key);
    let answer = await send(reference, options, login);
    // What another host wants that was sent on to is its own affair: it gets no login, and names no server for one.
    if (answer.ok && answer.value.status === 401 && URL.parse(answer.value.origin)?.host === hostOf(reference)) {
      const challenge = answer.value.header('www-authenticate') ?? '';
      const { registry, repository } = reference;
      const fresh = await authorize({ registry, repository, challenge, signal: options.signal });
      if (!fresh.ok) return fresh;
      login = fresh.value;
      authorized.set(key, login);
      answer = await send(reference, options, login);
    }
    if (!answer.ok) return answer;
    return answer.value.status === 200 ? answer : refused(reference, answer.value, options, login);
  };
}

function hostOf({ registry }: ImageReference): string {
  return registry === 'docker.io' ? hubHost : registry;
}

function refused(
  { registry, repository, tag, digest }: ImageReference,
  { status, bytes }: HttpAnswer,
  { path }: AskOptions,
  login: Authorized | undefined,
): Result<never> {
  const what = path.startsWith('blobs/')
    ? 'a part'
    : digest === undefined
      ? `tag ${tag ?? 'latest'}`
      : `digest ${digest}`;
  const said = saidBy(bytes);
  switch (status) {
    case 404:
      return fail('not-found', `${registry} has no ${what} of ${repository}; check name and tag${said}`);
    case 401:
    case 403: {
      const trouble = because({ ...(login?.trouble === undefined ? {} : { trouble: login.trouble }) });
      const next =
        login?.isAnonymous === false
          ? 'this login may not read it; check the name, or log in as someone who may'
          : `it does not exist or is private${trouble}; check the name, or run \`docker login${registry === 'docker.io' ? '' : ` ${registry}`}\``;
      return fail('unauthorized', `${registry} does not show ${repository}: ${next}`);
    }
    default:
      return fail('rejected', `${registry} answered ${status} for ${repository}${said}; is it a registry?`);
  }
}

/** What the registry says itself (distribution-spec, error codes), as plain and short text. */
function saidBy(bytes: Buffer): string {
  try {
    const { errors } = JSON.parse(bytes.toString('utf8')) as { errors?: readonly { message?: unknown }[] };
    const message = errors?.[0]?.message;
    if (typeof message !== 'string' || message === '') return '';
    return ` (${message.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 200)})`;
  } catch {
    return '';
  }
}
