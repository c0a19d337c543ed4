/** A name of a container image, taken apart: `ghcr.io/requarks/wiki:2@sha256:…`. */
export interface ImageReference {
  /** Host and perhaps port of the registry; `docker.io` when the name has none. */
  readonly registry: string;
  /** Path in the registry: `requarks/wiki`, `library/nginx`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest?: string;
}

const component = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
/** The grammar of github.com/distribution/reference, with sha256 as the only digest. */
const grammar = new RegExp(
  `^(?:([A-Za-z0-9][-A-Za-z0-9.]*(?::[0-9]+)?)/)?(${component}(?:/${component})*)(?::([A-Za-z0-9_][-A-Za-z0-9_.]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$`,
);

const digestPattern = /^sha256:[a-f0-9]{64}$/;

export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && digestPattern.test(text);
}

/**
 * `nginx:1` → registry docker.io, repository library/nginx, tag 1; undefined for a text that is no image name. Docker's
 * rule: the first part is a registry when it has a dot, a colon or a capital letter, or is `localhost`.
 */
export function parseImage(text: string): ImageReference | undefined {
  if (text.length > 512) return undefined;
  const [, first, path, tag, digest] = grammar.exec(text) ?? [];
  if (path === undefined) return undefined;
  const rest = { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
  if (first !== undefined && (/[.:A-Z]/.test(first) || first === 'localhost')) {
    const isHub = first === 'docker.io' || first === 'index.docker.io';
    return { registry: isHub ? 'docker.io' : first, repository: isHub ? inHub(path) : path, ...rest };
  }
  return { registry: 'docker.io', repository: inHub(first === undefined ? path : `${first}/${path}`), ...rest };
}

function inHub(path: string): string {
  return path.includes('/') ? path : `library/${path}`;
}

/** The reference with its digest: `nginx:1` → `nginx:1@sha256:…`. The tag is for readers; the digest decides. */
export function pinnedImage(image: string, digest: string): string {
  return image.includes('@') ? image : `${image}@${digest}`;
}

/** A reference for people: of a digest only the first 12 digits. */
export function shortImage(image: string): string {
  return image.replace(/@sha256:([a-f0-9]{12})[a-f0-9]{52}$/, '@$1');
}
