import type { ImageReference } from '../../compiler/model/image-reference.ts';
import { isDigest, parseImage } from '../../compiler/model/image-reference.ts';
import type { LockedImage } from '../../compiler/model/lock.ts';
import { fail, ok, type Result } from '../../reconciler/model/result.ts';
import type { Clock } from '../../reconciler/ports/clock.ts';
import { type AskOptions, createAsk } from './ask.ts';
import { checkDigest, digestOfBytes } from './digest.ts';
import type { Logins } from './docker-config.ts';
import { createFetch } from './fetch.ts';
import { createHttp, type HttpAnswer } from './http-call.ts';
import { type Entry, mediaTypes, type Platform, parseConfig, parseManifest, platformName } from './manifest.ts';

export type PinnedImage = Extract<LockedImage, { kind: 'pinned' }>;

export interface Registry {
  /**
   * What a reference stands for now. `known` is given back when the registry still says its digest, which costs no pull
   * where pulls are counted.
   */
  look(image: string, known: LockedImage | undefined, signal: AbortSignal): Promise<Result<PinnedImage>>;
  /** The digest that a reference stands for now, without reading what it is. */
  digest(image: string, signal: AbortSignal): Promise<Result<string>>;
  close(): void;
}

export interface RegistryOptions {
  readonly logins: Logins;
  readonly clock: Clock;
  /** Certificates in PEM. */
  readonly ca?: string;
  /** Proxies are taken from here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Registries (`registry.lan:5000`) that may be asked without TLS. Those of this machine always may. */
  readonly insecure?: readonly string[];
  /** For one request. Default 60 s. */
  readonly timeoutMs?: number;
  /** The longest wait that a busy registry may ask for. Default 30 s. */
  readonly patienceMs?: number;
  readonly userAgent: string;
}

const largestManifest = 4 * 1024 * 1024;
/** An index without platforms is rare; one with many such entries is no image that somebody runs. */
const mostUnnamed = 32;
const accepted = [...mediaTypes.index, ...mediaTypes.image].join(', ');

/** A client for image registries: https://github.com/opencontainers/distribution-spec (v1.1), as far as digests need it. */
export function createRegistry(options: RegistryOptions): Registry {
  const { clock, logins, insecure = [], timeoutMs = 60_000, patienceMs = 30_000 } = options;
  const http = createHttp({ env: options.env, timeoutMs, ...(options.ca === undefined ? {} : { ca: options.ca }) });
  const fetch = createFetch({ http, clock, insecure, patienceMs });
  const ask = createAsk({ fetch, logins, insecure, userAgent: options.userAgent });

  const manifest = (reference: ImageReference, at: string, given: Pick<AskOptions, 'method' | 'signal'>) =>
    ask(reference, { ...given, path: `manifests/${at}`, accept: accepted, maxBytes: largestManifest });

  async function head(reference: ImageReference, signal: AbortSignal): Promise<Result<string | undefined>> {
    const answer = await manifest(reference, tagOf(reference), { method: 'HEAD', signal });
    if (!answer.ok) return answer;
    const digest = answer.value.header('docker-content-digest');
    return ok(isDigest(digest) ? digest : undefined);
  }

  /** The manifest of a tag or digest, its bytes checked against every digest that is known of it. */
  async function read(reference: ImageReference, at: string, signal: AbortSignal): Promise<Result<HttpAnswer>> {
    const answer = await manifest(reference, at, { method: 'GET', signal });
    if (!answer.ok) return answer;
    const { bytes, header } = answer.value;
    const told = header('docker-content-digest');
    for (const digest of [at, told]) {
      const wrong = isDigest(digest) ? checkDigest(bytes, digest, reference) : undefined;
      if (wrong !== undefined) return wrong;
    }
    return answer;
  }

  async function platformOfImage(
    reference: ImageReference,
    config: string,
    signal: AbortSignal,
  ): Promise<Result<Platform>> {
    const path = `blobs/${config}`;
    const answer = await ask(reference, { method: 'GET', path, accept: '*/*', maxBytes: largestManifest, signal });
    if (!answer.ok) return answer;
    const wrong = checkDigest(answer.value.bytes, config, reference);
    if (wrong !== undefined) return wrong;
    const platform = parseConfig(answer.value.bytes);
    return platform === undefined
      ? fail('rejected', `${nameOf(reference)} does not say for which platform it is`)
      : ok(platform);
  }

  /** Platform of an entry that an index lists without one. */
  async function platformOfEntry(
    reference: ImageReference,
    entry: Entry,
    signal: AbortSignal,
  ): Promise<Result<Platform>> {
    if (entry.platform !== undefined) return ok(entry.platform);
    const answer = await read(reference, entry.digest, signal);
    if (!answer.ok) return answer;
    const found = parseManifest(answer.value.bytes, answer.value.header('content-type'));
    if (found.kind !== 'image') return fail('rejected', `${nameOf(reference)} lists something that is no image`);
    return platformOfImage(reference, found.config.digest, signal);
  }

  async function platformsOf(
    reference: ImageReference,
    answer: HttpAnswer,
    signal: AbortSignal,
  ): Promise<Result<Readonly<Record<string, string>>>> {
    const found = parseManifest(answer.bytes, answer.header('content-type'));
    switch (found.kind) {
      case 'other':
        return fail('rejected', `${nameOf(reference)} ${found.why}; choose another image`);
      case 'image': {
        const platform = await platformOfImage(reference, found.config.digest, signal);
        if (!platform.ok) return platform;
        return ok({ [platformName(platform.value)]: digestOfBytes(answer.bytes) });
      }
      case 'index': {
        if (found.entries.filter(({ platform }) => platform === undefined).length > mostUnnamed)
          return fail(
            'rejected',
            `${nameOf(reference)} lists too many images without a platform; choose another image`,
          );
        const platforms: Record<string, string> = {};
        for (const entry of found.entries) {
          const platform = await platformOfEntry(reference, entry, signal);
          if (!platform.ok) return platform;
          // Engines take the first that fits.
          platforms[platformName(platform.value)] ??= entry.digest;
        }
        return ok(platforms);
      }
    }
  }

  return {
    async look(image, known, signal) {
      const reference = parseImage(image);
      if (reference === undefined) return noName(image);
      if (known?.kind === 'pinned') {
        const now = reference.digest === undefined ? await head(reference, signal) : ok(reference.digest);
        if (!now.ok) return now;
        if (now.value === known.digest) return ok(known);
      }
      const answer = await read(reference, tagOf(reference), signal);
      if (!answer.ok) return answer;
      const all = await platformsOf(reference, answer.value, signal);
      if (!all.ok) return all;
      const platforms = Object.fromEntries(Object.entries(all.value).filter(([name]) => name.startsWith('linux/')));
      if (Object.keys(platforms).length === 0) {
        const others = Object.keys(all.value).join(', ') || 'nothing';
        return fail('rejected', `${image} is not made for Linux but for ${others}; choose another image`);
      }
      return ok({ kind: 'pinned', digest: digestOfBytes(answer.value.bytes), platforms });
    },
    async digest(image, signal) {
      const reference = parseImage(image);
      if (reference === undefined) return noName(image);
      const told = await head(reference, signal);
      if (!told.ok) return told;
      if (told.value !== undefined) return ok(told.value);
      const answer = await read(reference, tagOf(reference), signal);
      return answer.ok ? ok(digestOfBytes(answer.value.bytes)) : answer;
    },
    close: () => http.close(),
  };
}

function tagOf({ tag, digest }: ImageReference): string {
  return digest ?? tag ?? 'latest';
}

function nameOf({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}

function noName(image: string): Result<never> {
  return fail('rejected', `'${image}' is no name of an image`);
}
