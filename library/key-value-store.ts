/**
 * What Valkey and Redis have in common: one server, one configuration file, users in a file of their own that is made at
 * each start from the mounted secrets, because neither program reads a password from a file.
 */
import { sharedSecret } from '../compiler/model/binding.ts';
import type { Component, ExpandContext, Fragment, PartContext } from '../compiler/model/component.ts';
import type { Facts } from '../compiler/model/facts.ts';
import type { Config, Mount, Secret, Workload } from '../compiler/model/platform.ts';
import { bytesIn, limitsIn } from '../compiler/model/quantities.ts';
import { secretPath } from '../compiler/model/secret-mounts.ts';
import type { RedisSpec, ValkeySpec } from '../schema/spec.ts';
import { exporterId } from './exporter.ts';
import { cacheConfig, startScript } from './key-value-config.ts';
import { cacheAlerts, metricsImage, metricsOf, metricsPort } from './key-value-metrics.ts';
import { storeUpgrade } from './key-value-upgrade.ts';

type StoreSpec = ValkeySpec | RedisSpec;
type Context = ExpandContext<'cache'>;

export interface KeyValueStore {
  /** Also the stem of its programs: `valkey-server`, `valkey-cli`. */
  readonly use: 'valkey' | 'redis';
  readonly title: string;
  readonly licence: string;
  readonly image: string;
}

const port = 6379;
const configPath = '/etc/autogit/cache.conf';
const scriptPath = '/etc/autogit/start.sh';
const dataFolder = '/data';
const temporaryFolder = '/tmp';
/** User of the program in both Debian images. */
const storeUser = { uid: 999, gid: 999 } as const;

/**
 * Databases that the parts of AutoGit use; a service may take any other one of the sixteen, and has the first if it
 * takes none. They are fixed: a number that moved would show one client the keys of another.
 */
const indexes: Readonly<Record<string, number>> = { forge: 1, sso: 2, registry: 3, monitoring: 4 };

/** The component of one store. */
export function keyValueStore(store: KeyValueStore): Component<'cache'> {
  return {
    ...store,
    role: 'cache',
    images: [metricsImage],
    oracle: 'redis',
    upgrade: (from, to) => storeUpgrade({ use: store.use, image: from }, { use: store.use, image: to }),
    takeOver: (from, to) => storeUpgrade(from, { use: store.use, image: to }),
    declare: (parameters, context) => declare(store, parameters as unknown as StoreSpec, context),
    offer: ({ owner }, parameters, { id, platform }) => ({
      workload: id,
      hostname: `${platform.name}-${id}`,
      port,
      index: indexes[owner] ?? 0,
      password: sharedSecret(owner, 'cache', 'password'),
      evicts: (parameters as unknown as StoreSpec).eviction !== 'none',
    }),
    expand: (parameters, context) => expand(store, parameters as unknown as StoreSpec, context),
  };
}

function declare({ use, image }: KeyValueStore, spec: StoreSpec, { id, origin, platform }: PartContext): Facts {
  const watched: Facts = platform.roles.includes('monitoring')
    ? {
        scrapes: [{ id, workload: exporterId(id), port: metricsPort, path: '/metrics', origin }],
        alerts: cacheAlerts(spec.persistent, origin),
      }
    : {};
  if (!spec.persistent) return watched;
  const admin = secretPath(adminPassword(id));
  const signedIn = `export REDISCLI_AUTH="$(cat ${admin})"; export VALKEYCLI_AUTH="$REDISCLI_AUTH"`;
  const restored = `${dataFolder}/restore.rdb`;
  return {
    ...watched,
    volumes: [{ id: `${id}-data`, workload: id, origin, sizeBytes: bytesIn(spec.size) }],
    dumps: [
      {
        id: `${id}-data`,
        workload: id,
        origin,
        command: ['/bin/sh', '-c', `${signedIn}; exec ${use}-cli --user admin --rdb -`],
        restore: ['/bin/sh', '-c', `cat > ${restored}.part && mv ${restored}.part ${restored}`],
        restart: true,
        covers: [`${id}-data`],
        apart: {
          image: spec.image ?? image,
          script: `${signedIn}\n${use}-cli -h ${platform.name}-${id} -p ${port} --user admin --rdb "$1"`,
          user: storeUser,
          secrets: [adminPassword(id)],
          volumes: [],
          load: {
            script: `cp "$1" ${restored}.part\nmv -f ${restored}.part ${restored}`,
            while: 'stopped',
            volumes: [{ volume: `${id}-data`, path: dataFolder }],
          },
        },
      },
    ],
  };
}

function expand(store: KeyValueStore, spec: StoreSpec, context: Context): Fragment {
  const { id, origin, clients } = context;
  const secrets = [adminPassword(id), ...clients.map(({ binding }) => binding.password)];
  const configs = configsOf(store, spec, context);
  return {
    workloads: [
      workloadOf(store, spec, context, { configs, secrets }),
      ...(isWatched(context) ? [metricsOf(context, port)] : []),
    ],
    ...(isWatched(context) ? { ready: [id] } : {}),
    configs,
    secrets: secrets.map((secret): Secret => ({ id: secret, origin, source: { kind: 'generate', length: 32 } })),
  };
}

function configsOf({ use }: KeyValueStore, spec: StoreSpec, context: Context): readonly Config[] {
  const { id, origin, clients } = context;
  const { memoryBytes } = limitsIn(spec.limits);
  const text = cacheConfig({
    port,
    dataFolder,
    temporaryFolder,
    memoryBytes,
    eviction: spec.eviction,
    persistent: spec.persistent,
  });
  const script = startScript({
    program: use,
    configPath,
    dataFolder,
    temporaryFolder,
    adminPasswordFile: secretPath(adminPassword(id)),
    passwordFiles: clients.map(({ binding }) => secretPath(binding.password)),
    persistent: spec.persistent,
    watched: isWatched(context),
  });
  return [
    { id: `${id}-config`, workload: id, origin, file: 'cache.conf', text },
    { id: `${id}-start`, workload: id, origin, file: 'start.sh', text: script },
  ];
}

function workloadOf(
  { use, image }: KeyValueStore,
  spec: StoreSpec,
  { id, origin, host }: Context,
  { configs, secrets }: { readonly configs: readonly Config[]; readonly secrets: readonly string[] },
): Workload {
  return {
    id,
    origin,
    component: use,
    host: host.id,
    image: spec.image ?? image,
    entrypoint: ['/bin/sh', scriptPath],
    command: [],
    environment: [],
    ports: [{ name: 'redis', port, protocol: 'tcp', origin }],
    mounts: [
      spec.persistent
        ? { kind: 'volume', volume: `${id}-data`, path: dataFolder, readOnly: false }
        : { kind: 'tmpfs', path: dataFolder },
      { kind: 'tmpfs', path: temporaryFolder },
      ...configs.map(
        (config): Mount => ({
          kind: 'config',
          config: config.id,
          path: config.file === 'cache.conf' ? configPath : scriptPath,
        }),
      ),
      ...secrets.map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
    ],
    health: {
      // A user that may do nothing else and needs no password; `-e` makes an answer that is an error a failure.
      test: {
        kind: 'exec',
        command: [`${use}-cli`, '-e', '--no-auth-warning', '--user', 'probe', '--pass', 'probe', 'ping'],
      },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      // It answers once it has read its data.
      startMs: 120_000,
    },
    needs: [],
    limits: limitsIn(spec.limits),
    user: storeUser,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: spec.persistent,
    stopGraceMs: 30_000,
  };
}

function isWatched({ platform }: Context): boolean {
  return platform.roles.includes('monitoring');
}

function adminPassword(id: string): string {
  return `${id}-admin-password`;
}
