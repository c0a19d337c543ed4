import { sharedSecret } from '../../compiler/model/binding.ts';
import type { Component, ExpandContext, Fragment } from '../../compiler/model/component.ts';
import { imageVersion } from '../../compiler/model/image-version.ts';
import type { EnvironmentVariable, Mount, Workload } from '../../compiler/model/platform.ts';
import { bytesIn, limitsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { PostgresSpec } from '../../schema/spec.ts';
import { exporterId } from '../exporter.ts';
import { loadScript } from './load-script.ts';
import { databaseAlerts, metricsImage, metricsOf, metricsPassword, metricsPort, metricsUser } from './metrics.ts';
import { rolesScript } from './roles-script.ts';
import { settingsFor } from './settings.ts';
import { postgresUpgrade } from './upgrade.ts';

const port = 5432;
/** User `postgres` of the Debian image. */
const postgresUser = { uid: 999, gid: 999 } as const;
const scriptPath = '/etc/autogit/roles.sh';

type Context = ExpandContext<'database'>;

/** PostgreSQL with a role and a database for each client (https://hub.docker.com/_/postgres). */
export const postgres: Component<'database'> = {
  use: 'postgres',
  role: 'database',
  title: 'PostgreSQL',
  licence: 'PostgreSQL',
  image: 'postgres:17.11',
  images: [metricsImage],
  oracle: 'postgres',
  upgrade: postgresUpgrade,
  declare(parameters, { id, origin, platform }) {
    const spec = parameters as unknown as PostgresSpec;
    const volume = volumeOf(spec, id);
    const watched = platform.roles.includes('monitoring');
    return {
      ...(watched
        ? {
            scrapes: [{ id, workload: exporterId(id), port: metricsPort, path: '/metrics', origin }],
            alerts: databaseAlerts(origin),
          }
        : {}),
      volumes: [{ id: volume, workload: id, origin, sizeBytes: bytesIn(spec.size) }],
      dumps: [
        {
          // Whatever volume it is of: a copy of the old one comes back into the new one.
          id: `${id}-data`,
          workload: id,
          origin,
          // Inside the container, where the socket asks for no password. Roles come with it.
          command: ['pg_dumpall', '-U', 'postgres', '--clean', '--if-exists'],
          restore: ['psql', '-U', 'postgres', '-d', 'postgres', '-qX', '-o', '/dev/null', '-f', '-'],
          covers: [volume],
          apart: {
            image: spec.image ?? postgres.image,
            script: [
              `PGPASSWORD=$(cat ${secretPath(adminPassword(id))})`,
              'export PGPASSWORD',
              `pg_dumpall -h ${platform.name}-${id} -p ${port} -U postgres --clean --if-exists -f "$1"`,
            ].join('\n'),
            user: postgresUser,
            secrets: [adminPassword(id)],
            volumes: [],
            load: {
              script: loadScript({
                hostname: `${platform.name}-${id}`,
                port,
                adminPasswordFile: secretPath(adminPassword(id)),
              }),
              while: 'running',
              volumes: [],
            },
          },
        },
      ],
    };
  },
  offer({ owner }, parameters, { id, platform }) {
    // In a way that SQL takes without quotes.
    const name = owner.replaceAll('-', '_');
    const version = imageVersion((parameters as unknown as PostgresSpec).image ?? postgres.image);
    return {
      workload: id,
      hostname: `${platform.name}-${id}`,
      port,
      database: name,
      user: name,
      password: sharedSecret(owner, 'database', 'password'),
      ...(version === undefined ? {} : { version }),
    };
  },
  expand(parameters, context) {
    const { id, origin } = context;
    const spec = parameters as unknown as PostgresSpec;
    const watched = isWatched(context);
    const hasRoles = context.clients.length > 0 || watched;
    return {
      workloads: [
        server(spec, context),
        ...(hasRoles ? [roles(spec, context)] : []),
        ...(watched ? [metricsOf(context, port)] : []),
      ],
      ...(watched ? { ready: [id, rolesId(id)] } : {}),
      secrets: [
        ...(watched ? [{ id: metricsPassword(id), origin, source: { kind: 'generate', length: 32 } as const }] : []),
        { id: adminPassword(id), origin, source: { kind: 'generate', length: 32 } },
        ...context.clients.map(({ binding }) => ({
          id: binding.password,
          origin,
          source: { kind: 'generate', length: 32 } as const,
        })),
      ],
      configs: hasRoles ? [rolesConfig(context)] : [],
    } satisfies Fragment;
  },
};

function server(spec: PostgresSpec, { id, origin, host }: Context): Workload {
  const environment = {
    POSTGRES_PASSWORD_FILE: secretPath(adminPassword(id)),
    POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C.UTF-8',
    // Below the mount point, which a file system may have put a `lost+found` into.
    PGDATA: '/var/lib/postgresql/data/pgdata',
  };
  return {
    id,
    origin,
    component: 'postgres',
    host: host.id,
    image: spec.image ?? postgres.image,
    command: ['postgres', ...settingsFor(limitsIn(spec.limits).memoryBytes)],
    environment: textVariables(environment, origin),
    ports: [{ name: 'postgres', port, protocol: 'tcp', origin }],
    mounts: [
      { kind: 'volume', volume: volumeOf(spec, id), path: '/var/lib/postgresql/data', readOnly: false },
      { kind: 'tmpfs', path: '/var/run/postgresql' },
      { kind: 'tmpfs', path: '/tmp' },
      // Parallel queries exchange rows here.
      { kind: 'tmpfs', path: '/dev/shm', sizeBytes: 128 * 2 ** 20 },
      { kind: 'secret', secret: adminPassword(id), path: secretPath(adminPassword(id)) },
    ],
    health: {
      // Over TCP: while the image sets up an empty volume, a server answers on the socket alone.
      test: { kind: 'exec', command: ['pg_isready', '-q', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'] },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 120_000,
    },
    needs: [],
    limits: limitsIn(spec.limits),
    user: postgresUser,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: true,
    // A checkpoint of a busy database takes a while; SIGINT is its fast shutdown.
    stopGraceMs: 60_000,
    stopSignal: 'SIGINT',
  };
}

function roles(spec: PostgresSpec, context: Context): Workload {
  const { id, origin } = context;
  const secrets = [
    adminPassword(id),
    ...context.clients.map(({ binding }) => binding.password),
    ...(isWatched(context) ? [metricsPassword(id)] : []),
  ];
  return {
    id: rolesId(id),
    origin,
    component: 'postgres',
    host: context.host.id,
    image: spec.image ?? postgres.image,
    entrypoint: ['/bin/sh', scriptPath],
    command: [],
    environment: [],
    ports: [],
    mounts: [
      { kind: 'config', config: rolesConfig(context).id, path: scriptPath },
      { kind: 'tmpfs', path: '/tmp' },
      ...secrets.map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
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
    user: postgresUser,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: false,
    stopGraceMs: 10_000,
  };
}

function rolesConfig(context: Context) {
  const { id, origin, platform, clients } = context;
  const text = rolesScript({
    hostname: `${platform.name}-${id}`,
    port,
    adminPasswordFile: secretPath(adminPassword(id)),
    clients: clients.map(({ demand: { extensions = [] }, binding: { user, database, password } }) => ({
      user,
      database,
      passwordFile: secretPath(password),
      extensions,
    })),
    ...(isWatched(context) ? { watcher: { user: metricsUser, passwordFile: secretPath(metricsPassword(id)) } } : {}),
  });
  return { id: `${rolesId(id)}-script`, workload: rolesId(id), origin, file: 'roles.sh', text };
}

function isWatched({ platform }: Context): boolean {
  return platform.roles.includes('monitoring');
}

function volumeOf({ volume }: PostgresSpec, id: string): string {
  return `${id}-${volume}`;
}

function rolesId(id: string): string {
  return `${id}-roles`;
}

function adminPassword(id: string): string {
  return `${id}-admin-password`;
}

function textVariables(map: Readonly<Record<string, string>>, origin: string): readonly EnvironmentVariable[] {
  return Object.entries(map).map(([name, text]) => ({ name, value: { kind: 'text', text }, origin }));
}
