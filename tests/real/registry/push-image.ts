import { createHash } from 'node:crypto';

/** Where to push, and with what header when a login is needed. */
export interface PushTo {
  readonly base: string;
  readonly repository: string;
  readonly authorization?: string;
}

export interface Pushed {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

const types = {
  oci: { manifest: 'application/vnd.oci.image.manifest.v1+json', config: 'application/vnd.oci.image.config.v1+json' },
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
  },
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** Pushes an image without layers for one platform. `salt` makes another image of it. */
export async function pushImage(
  to: PushTo,
  image: {
    readonly tag?: string;
    readonly architecture: string;
    readonly os?: string;
    readonly form?: 'oci' | 'docker';
    readonly salt?: string;
  },
): Promise<Pushed> {
  const { manifest: mediaType, config: configType } = types[image.form ?? 'oci'];
  const config = JSON.stringify({
    architecture: image.architecture,
    os: image.os ?? 'linux',
    config: { Env: [`SALT=${image.salt ?? ''}`] },
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const { digest, size } = await pushBlob(to, config);
  const body = { schemaVersion: 2, mediaType, config: { mediaType: configType, digest, size }, layers: [] };
  return pushManifest(to, JSON.stringify(body), mediaType, image.tag);
}

/** Pushes an index over images that are there. An entry without a platform, and others beside images, may be in it. */
export async function pushIndex(
  to: PushTo,
  index: {
    readonly tag: string;
    readonly form?: 'oci' | 'docker';
    readonly entries: readonly (Pushed & { readonly platform?: object; readonly annotations?: object })[];
  },
): Promise<Pushed> {
  const mediaType = index.form === 'docker' ? types.dockerList : types.ociIndex;
  return pushManifest(
    to,
    JSON.stringify({ schemaVersion: 2, mediaType, manifests: index.entries }),
    mediaType,
    index.tag,
  );
}

export async function pushManifest(to: PushTo, body: string, mediaType: string, tag?: string): Promise<Pushed> {
  const digest = digestOf(body);
  const path = `/v2/${to.repository}/manifests/${tag ?? digest}`;
  await call(to, new URL(path, to.base), 'PUT', body, mediaType);
  return { digest, size: Buffer.byteLength(body), mediaType };
}

async function pushBlob(to: PushTo, body: string): Promise<{ readonly digest: string; readonly size: number }> {
  const digest = digestOf(body);
  const begun = await call(to, new URL(`/v2/${to.repository}/blobs/uploads/`, to.base), 'POST', '', 'text/plain');
  const target = new URL(begun.headers.get('location') ?? '', to.base);
  target.searchParams.set('digest', digest);
  await call(to, target, 'PUT', body, 'application/octet-stream');
  return { digest, size: Buffer.byteLength(body) };
}

async function call(to: PushTo, url: URL, method: string, body: string, type: string): Promise<Response> {
  const login = to.authorization === undefined ? {} : { authorization: to.authorization };
  const answer = await fetch(url, { method, body, headers: { 'content-type': type, ...login } });
  if (!answer.ok) throw new Error(`${method} ${url.pathname}: ${answer.status} ${await answer.text()}`);
  return answer;
}

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
