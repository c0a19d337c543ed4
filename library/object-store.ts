/** What stores of objects have in common: a bucket and a key of its own for each client, and names for them. */
import { type Asking, type ObjectsBinding, sharedSecret } from '../compiler/model/binding.ts';
import type { ExpandContext, PartContext } from '../compiler/model/component.ts';
import type { Facts } from '../compiler/model/facts.ts';
import { compareText } from '../compiler/model/order.ts';
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
  /** Who has a bucket and keys without being a part of the platform. */
  readonly clients: readonly string[];
}

/** One client, as the scripts that make keys and buckets take it. */
export interface StoreClient {
  readonly owner: string;
  /** Ids of the secrets, and where they are mounted. */
  readonly keys: readonly [accessKey: string, secretKey: string];
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
  const own = bucketOf(owner, platform);
  const [accessKey, secretKey] = keysOf(owner);
  return {
    workload: id,
    hostname,
    port,
    endpoint: `http://${hostname}:${port}`,
    region,
    // No id has a dot, so that no two clients can mean the same bucket.
    buckets: demand.buckets?.map((purpose) => `${own}.${purpose}`) ?? [own],
    accessKey,
    secretKey,
  };
}

function bucketOf(owner: string, { name }: PartContext['platform']): string {
  return `${name}-${owner}`;
}

function keysOf(owner: string): readonly [string, string] {
  return [sharedSecret(owner, 'objects', 'access-key'), sharedSecret(owner, 'objects', 'secret-key')];
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

/** Everybody with a bucket, sorted by name: parts of the platform, and those that the file names besides. */
export function clientsOf(spec: StoreSpec, { clients, platform }: ExpandContext<'objects'>): readonly StoreClient[] {
  const inside = clients.map(({ owner, binding }) => clientOf(owner, binding.buckets));
  const outside = spec.clients
    .filter((owner) => !clients.some((client) => client.owner === owner))
    .map((owner) => clientOf(owner, [bucketOf(owner, platform)]));
  return [...inside, ...outside].sort((a, b) => compareText(a.owner, b.owner));
}

function clientOf(owner: string, buckets: readonly string[]): StoreClient {
  const keys = keysOf(owner);
  return { owner, keys, accessKeyFile: secretPath(keys[0]), secretKeyFile: secretPath(keys[1]), buckets };
}

/** The keys as every S3 program takes them: letters and digits, 20 and 40 of them as at Amazon. */
export function clientSecrets(
  clients: readonly StoreClient[],
  { origin }: ExpandContext<'objects'>,
): readonly Secret[] {
  return clients.flatMap(({ keys: [accessKey, secretKey] }): readonly Secret[] => [
    { id: accessKey, origin, source: { kind: 'generate', length: 20 } },
    { id: secretKey, origin, source: { kind: 'generate', length: 40 } },
  ]);
}

const longestName = 63;

/**
 * Names that S3 keeps for itself (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html), which both
 * stores refuse. What else they ask of a name holds for every id.
 */
const reserved = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|--x-s3|--table-s3)$/;

export function storeFindings(spec: StoreSpec, context: ExpandContext<'objects'>): readonly Finding[] {
  const { clients, origin, platform } = context;
  const inside = clients.flatMap(({ demand, binding }) =>
    binding.buckets.flatMap((bucket) => nameFindings(bucket, demand.origin)),
  );
  const outside = spec.clients.flatMap((owner, index) => {
    const pointer = pointerTo(origin, 'clients', index);
    const same = clients.find((client) => client.owner === owner);
    return [
      ...nameFindings(bucketOf(owner, platform), pointer),
      ...(same === undefined
        ? []
        : [
            {
              code: 'AG443',
              pointer,
              message: `'${owner}' is a part of the platform that has its bucket and its keys already`,
              hint: 'remove it here, or name who is meant in another way',
            },
          ]),
    ];
  });
  return [...inside, ...outside, ...unreachable(spec, origin)];
}

function nameFindings(bucket: string, pointer: string): readonly Finding[] {
  if (bucket.length > longestName)
    return [
      {
        code: 'AG444',
        pointer,
        message: `its bucket would be named '${bucket}', which has ${bucket.length} characters, and ${longestName} are allowed`,
        hint: 'shorten this name or that of the platform',
      },
    ];
  if (!reserved.test(bucket)) return [];
  return [
    {
      code: 'AG441',
      pointer,
      message: `its bucket would be named '${bucket}', and S3 keeps names of that kind for itself`,
      hint: 'give the platform or the part another name',
    },
  ];
}

function unreachable({ host, clients }: StoreSpec, origin: string): readonly Finding[] {
  if (host !== undefined || clients.length === 0) return [];
  return [
    {
      code: 'AG442',
      pointer: pointerTo(origin, 'clients'),
      at: 'key',
      message: 'these clients are outside of the platform, and nothing leads to the store from there',
      hint: 'add `host:` with a name under the domain',
    },
  ];
}
