import { isDigest } from '../../compiler/model/image-reference.ts';

/** What a registry holds under a tag or digest. */
export type Manifest =
  | { readonly kind: 'index'; readonly entries: readonly Entry[] }
  | { readonly kind: 'image'; readonly config: { readonly digest: string; readonly size: number } }
  /** Something that is no container image, or not in a form that engines still take. */
  | { readonly kind: 'other'; readonly why: string };

export interface Entry {
  readonly digest: string;
  /** Absent when only the config of the image says it. */
  readonly platform?: Platform;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** https://github.com/opencontainers/image-spec (v1.1) and Docker's older names for the same. */
export const mediaTypes = {
  index: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  image: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
  config: ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'],
} as const;

/**
 * Reads a manifest by what it says it is. A text that could be read as an index and as an image is refused: two readers
 * would run two images under one digest (GHSA-mc8v-mgrf-8f4m).
 * @param contentType header of the answer
 */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): Manifest {
  const value = jsonMap(bytes);
  if (value === undefined) return other('is no JSON');
  const declared = contentType?.split(';')[0]?.trim().toLowerCase();
  const { mediaType } = value;
  if (value.schemaVersion === 1) return other('is in the first form of Docker manifests, which engines no longer take');
  if (typeof mediaType === 'string' && declared !== undefined && isKnown(declared) && mediaType !== declared) {
    return other(`was sent as ${declared} and says it is ${mediaType}`);
  }
  if ('manifests' in value && ('config' in value || 'layers' in value))
    return other('is an index and an image at once');
  if (Array.isArray(value.manifests)) return indexOf(value.manifests);
  const config = map(value.config);
  if (config === undefined) return other('has neither images nor a config');
  if (!(mediaTypes.config as readonly unknown[]).includes(config.mediaType)) {
    return other(`is no container image but ${String(config.mediaType).slice(0, 100)}`);
  }
  const { digest, size } = config;
  if (!isDigest(digest) || typeof size !== 'number') return other('names a config without digest and size');
  return { kind: 'image', config: { digest, size } };
}

/** `linux/arm64`, `linux/arm/v7`. Version 8 is the only one of arm64, so both spellings are one platform. */
export function platformName({ os, architecture, variant }: Platform): string {
  const isPlain = variant === undefined || variant === '' || (architecture === 'arm64' && variant === 'v8');
  return `${os}/${architecture}${isPlain ? '' : `/${variant}`}`;
}

/** `os` and `architecture` of an image config. */
export function parseConfig(bytes: Uint8Array): Platform | undefined {
  const value = jsonMap(bytes);
  return value === undefined ? undefined : platformOf(value);
}

function indexOf(manifests: readonly unknown[]): Manifest {
  const entries: Entry[] = [];
  for (const each of manifests) {
    const { digest, platform, mediaType, annotations } = map(each) ?? {};
    if (!isDigest(digest)) return other('lists an image without a digest');
    // Provenance and signatures lie beside the images and are for no machine.
    if (map(annotations)?.['vnd.docker.reference.type'] !== undefined) continue;
    if (typeof mediaType === 'string' && !(mediaTypes.image as readonly string[]).includes(mediaType)) continue;
    const read = platform === undefined ? undefined : platformOf(map(platform) ?? {});
    if (platform !== undefined && (read === undefined || read.os === 'unknown')) continue;
    entries.push({ digest, ...(read === undefined ? {} : { platform: read }) });
  }
  return { kind: 'index', entries };
}

function platformOf({ os, architecture, variant }: Readonly<Record<string, unknown>>): Platform | undefined {
  const word = /^[a-z0-9.]{1,32}$/;
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  if (!word.test(os) || !word.test(architecture)) return undefined;
  return { os, architecture, ...(typeof variant === 'string' && word.test(variant) ? { variant } : {}) };
}

function isKnown(type: string): boolean {
  return ([...mediaTypes.index, ...mediaTypes.image] as readonly string[]).includes(type);
}

function other(why: string): Manifest {
  return { kind: 'other', why };
}

function jsonMap(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    return map(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

function map(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
