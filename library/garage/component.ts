import type { Component, ExpandContext, PartContext } from '../../compiler/model/component.ts';
import type { Facts } from '../../compiler/model/facts.ts';
import type { Config, Health, Link, Mount, Secret, Workload } from '../../compiler/model/platform.ts';
import { limitsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import { waitImage } from '../../compiler/model/wait-image.ts';
import type { GarageSpec } from '../../schema/spec.ts';
import { clientSecrets, clientsOf, type StoreClient, storeFacts, storeFindings, storeOffer } from '../object-store.ts';
import { ownNeeds, ownVolume } from '../own-volume.ts';
import { sqliteImage as pythonImage } from '../sqlite-dump.ts';
import { storeAlerts } from './alerts.ts';
import { bucketsScript } from './buckets-script.ts';
import { garageConfig, tomlText } from './config.ts';
import { garageUpgrade } from './upgrade.ts';

const ports = { s3: 3900, rpc: 3901, admin: 3903 } as const;
/** Where Garage looks for it. */
const configPath = '/etc/garage.toml';
const scriptPath = '/etc/autogit/buckets.py';
const folder = '/var/lib/garage';
const user = { uid: 1000, gid: 1000 } as const;

type Context = ExpandContext<'objects'>;

/** Garage as one node (https://garagehq.deuxfleurs.fr). */
export const garage: Component<'objects'> = {
  use: 'garage',
  role: 'objects',
  title: 'Garage',
  licence: 'AGPL-3.0-only',
  image: 'dxflrs/garage:v2.3.0',
  images: [pythonImage],
  oracle: 'garage',
  upgrade: garageUpgrade,
  declare: (parameters, context) => declare(parameters as unknown as GarageSpec, context),
  offer: (asking, parameters, context) => storeOffer(asking, parameters as unknown as GarageSpec, ports.s3, context),
  expand(parameters, context) {
    const spec = parameters as unknown as GarageSpec;
    const { id } = context;
    const clients = clientsOf(spec, context);
    const config = configOf(spec, context);
    const script = scriptOf(context, clients);
    const hasClients = clients.length > 0;
    return {
      workloads: [
        server(spec, context, config),
        ...(hasClients ? [buckets(context, clients, script)] : []),
        ...ownVolume({ id: `${id}-data`, ...user }, context),
      ],
      ready: hasClients ? [id, bucketsId(id)] : [id],
      links: hasClients ? [adminLink(context)] : [],
      configs: hasClients ? [config, script] : [config],
      secrets: [...secretsOf(context), ...clientSecrets(clients, context)],
      findings: storeFindings(spec, context),
    };
  },
};

function declare(spec: GarageSpec, context: PartContext): Facts {
  const { id, origin } = context;
  const volume = `${id}-data`;
  return {
    ...storeFacts(spec, ports.s3, context),
    scrapes: [{ id, workload: id, port: ports.admin, path: '/metrics', origin }],
    alerts: storeAlerts(origin),
    dumps: [
      {
        id: `${id}-metadata`,
        workload: id,
        origin,
        covers: [],
        apart: {
          image: waitImage,
          // The newest that is surely whole. Blocks are in the volume itself, never changed and named after what they hold.
          script: [
            `newest=$(find ${folder}/meta/snapshots -name db.lmdb -mmin +1 | sort | tail -n 1)`,
            '[ -s "$newest" ] || { echo "the store has made no snapshot of its metadata yet" >&2; exit 1; }',
            'cp "$newest" "$1"',
          ].join('\n'),
          user,
          secrets: [],
          volumes: [{ volume, path: folder }],
          load: {
            script: [
              `mkdir -p ${folder}/meta/db.lmdb`,
              `cp "$1" ${folder}/meta/db.lmdb/data.mdb.new`,
              `rm -f ${folder}/meta/db.lmdb/lock.mdb`,
              `mv -f ${folder}/meta/db.lmdb/data.mdb.new ${folder}/meta/db.lmdb/data.mdb`,
            ].join('\n'),
            while: 'stopped',
            volumes: [],
          },
        },
      },
    ],
  };
}

function configOf(spec: GarageSpec, context: Context): Config {
  const { id, origin } = context;
  const text = tomlText(
    garageConfig({
      folder,
      region: spec.region,
      ports,
      rpcSecretFile: secretPath(rpcSecret(id)),
      adminTokenFile: secretPath(adminToken(id)),
      memoryBytes: limitsIn(spec.limits).memoryBytes,
    }),
  );
  return { id: `${id}-config`, workload: id, origin, file: 'garage.toml', text };
}

function scriptOf(context: Context, clients: readonly StoreClient[]): Config {
  const { id, origin, platform } = context;
  const text = bucketsScript({
    endpoint: `http://${platform.name}-${id}:${ports.admin}`,
    adminTokenFile: secretPath(adminToken(id)),
    clients,
  });
  return { id: `${bucketsId(id)}-script`, workload: bucketsId(id), origin, file: 'buckets.py', text };
}

function server(spec: GarageSpec, context: Context, config: Config): Workload {
  const { id, origin, host } = context;
  return {
    id,
    origin,
    component: 'garage',
    host: host.id,
    image: spec.image ?? garage.image,
    entrypoint: ['/garage'],
    command: ['server', '--single-node'],
    environment: [],
    ports: [
      { name: 's3', port: ports.s3, protocol: 'tcp', origin },
      { name: 'admin', port: ports.admin, protocol: 'tcp', private: true, origin },
    ],
    mounts: [
      { kind: 'volume', volume: `${id}-data`, path: folder, readOnly: false },
      { kind: 'config', config: config.id, path: configPath },
      ...secretMountsOf([rpcSecret(id), adminToken(id)]),
    ],
    health: healthOf(context),
    needs: ownNeeds(context),
    limits: limitsIn(spec.limits),
    user,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: true,
    stopGraceMs: 30_000,
  };
}

/** The image has one program in it. On Docker that asks the server; a cluster asks from outside, and learns more. */
function healthOf({ platform }: Context): Health {
  return {
    test:
      platform.target === 'kubernetes'
        ? { kind: 'http', port: ports.admin, path: '/health' }
        : { kind: 'exec', command: ['/garage', 'status'] },
    intervalMs: 10_000,
    timeoutMs: 5_000,
    retries: 3,
    startMs: 120_000,
  };
}

function buckets(context: Context, clients: readonly StoreClient[], script: Config): Workload {
  const { id, origin, host } = context;
  return {
    id: bucketsId(id),
    origin,
    component: 'garage',
    host: host.id,
    image: pythonImage.image,
    entrypoint: ['python3', '-u', '-B', scriptPath],
    command: [],
    environment: [],
    ports: [],
    mounts: [
      { kind: 'config', config: script.id, path: scriptPath },
      { kind: 'tmpfs', path: '/tmp' },
      ...secretMountsOf([adminToken(id), ...clients.flatMap(({ keys }) => keys)]),
    ],
    health: {
      test: { kind: 'exec', command: ['test', '-f', '/tmp/ready'] },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 180_000,
    },
    needs: [{ workload: id, condition: 'healthy', origin }],
    limits: { cpus: 0.2, memoryBytes: 64 * 2 ** 20 },
    user,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: false,
    stopGraceMs: 10_000,
  };
}

function adminLink({ id, origin }: Context): Link {
  return { from: bucketsId(id), to: id, port: ports.admin, protocol: 'tcp', origin };
}

/** Garage asks for 32 bytes in hexadecimal as the secret of its nodes. */
function secretsOf({ id, origin }: Context): readonly Secret[] {
  return [
    { id: rpcSecret(id), origin, source: { kind: 'generate', length: 64, alphabet: 'hex' } },
    { id: adminToken(id), origin, source: { kind: 'generate', length: 48 } },
  ];
}

function secretMountsOf(secrets: readonly string[]): readonly Mount[] {
  return secrets.map((secret) => ({ kind: 'secret', secret, path: secretPath(secret) }));
}

function bucketsId(id: string): string {
  return `${id}-buckets`;
}

function rpcSecret(id: string): string {
  return `${id}-rpc-secret`;
}

function adminToken(id: string): string {
  return `${id}-admin-token`;
}
