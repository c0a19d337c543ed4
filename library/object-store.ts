/** What stores of objects have in common: a bucket and a key of its own for each client, and names for them. */
import { type Asking, type Client, type ObjectsBinding, sharedSecret } from '../compiler/model/binding.ts';
import type { ExpandContext, PartContext } from '../compiler/model/component.ts';
import type { Facts } from '../compiler/model/facts.ts';
import type { Secret } from '../compiler/model/platform.ts';
import { pointerTo } from '../compiler/model/pointer.ts';
import { bytesIn } from '../compiler/model/quantities.ts';
import { secretPath } from '../compiler/model/secret-mounts.ts';
import type { Finding } from '../schema/diagnostic.ts';

/** What a file says of every store. */
export interface StoreSpec {
  readonly region: string;
  readonly size: string;
  /** Name under the domain; absent: only parts of the platform reach it. */
  readonly host?: string;
}

/** One client, as the scripts that make keys and buckets take it. */
export interface StoreClient {
  readonly owner: string;
  readonly accessKeyFile: string;
  readonly secretKeyFile: string;
  readonly buckets: readonly string[];
}

/** What one client gets. All its buckets are its own, and it has one pair of keys for them. */
export function storeOffer(
  { owner, demand }: Asking<'objects'>,
  { region }: StoreSpec,
  port: number,
  { id, platform }: PartContext,
): ObjectsBinding {
  const hostname = `${platform.name}-${id}`;
  const own = `${platform.name}-${owner}`;
  return {
    workload: id,
    hostname,
    port,
    endpoint: `http://${hostname}:${port}`,
    region,
    // No id has a dot, so that no two clients can mean the same bucket.
    buckets: demand.buckets?.map((purpose) => `${own}.${purpose}`) ?? [own],
    accessKey: sharedSecret(owner, 'objects', 'access-key'),
    secretKey: sharedSecret(owner, 'objects', 'secret-key'),
  };
}

/** Its volume, and with a `host` its way through the ingress. */
export function storeFacts({ host, size }: StoreSpec, port: number, context: PartContext): Facts {
  const { id, origin, hostname, platform } = context;
  return {
    volumes: [{ id: `${id}-data`, workload: id, origin, sizeBytes: bytesIn(size) }],
    routes:
      host === undefined
        ? []
        : [
            {
              id,
              hostname: hostname ?? `${host}.${platform.domain}`,
              path: '/',
              workload: id,
              port,
              origin: pointerTo(origin, 'host'),
            },
          ],
  };
}

export function clientsOf({ clients }: ExpandContext<'objects'>): readonly StoreClient[] {
  return clients.map(({ owner, binding }) => ({
    owner,
    accessKeyFile: secretPath(binding.accessKey),
    secretKeyFile: secretPath(binding.secretKey),
    buckets: binding.buckets,
  }));
}

/** Ids of the keys of all clients. */
export function clientKeys({ clients }: ExpandContext<'objects'>): readonly string[] {
  return clients.flatMap(({ binding }) => [binding.accessKey, binding.secretKey]);
}

/** The keys as every S3 program takes them: letters and digits, 20 and 40 of them as at Amazon. */
export function clientSecrets({ clients, origin }: ExpandContext<'objects'>): readonly Secret[] {
  return clients.flatMap(({ binding }): readonly Secret[] => [
    { id: binding.accessKey, origin, source: { kind: 'generate', length: 20 } },
    { id: binding.secretKey, origin, source: { kind: 'generate', length: 40 } },
  ]);
}

/**
 * Names that S3 keeps for itself (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html), which both
 * stores refuse. What else they ask of a name holds for every id, and no name is longer than 63 characters.
 */
const reserved = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|--x-s3|--table-s3)$/;

export function nameFindings({ clients }: ExpandContext<'objects'>): readonly Finding[] {
  return clients.flatMap((client: Client<'objects'>) =>
    client.binding.buckets
      .filter((bucket) => reserved.test(bucket))
      .map((bucket) => ({
        code: 'AG441',
        pointer: client.demand.origin,
        message: `its bucket would be named '${bucket}', and S3 keeps names of that kind for itself`,
        hint: 'give the platform or the part another name',
      })),
  );
}
