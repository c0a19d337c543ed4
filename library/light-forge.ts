/**
 * What Gitea and Forgejo have in common: one Go program with a built-in SSH server, settings by environment, data in
 * one folder. Their rootless images run as uid 1000 with a read-only root.
 */
import type { DatabaseBinding } from '../compiler/model/binding.ts';
import type { Component, ExpandContext, Fragment, ImageLicence, PartContext } from '../compiler/model/component.ts';
import type { Facts } from '../compiler/model/facts.ts';
import type { EnvironmentVariable, Mount, Port, Secret } from '../compiler/model/platform.ts';
import { pointerTo } from '../compiler/model/pointer.ts';
import { bytesIn, limitsIn } from '../compiler/model/quantities.ts';
import { secretPath } from '../compiler/model/secret-mounts.ts';
import type { ForgejoSpec, GiteaSpec } from '../schema/spec.ts';
import { type SignOn, signOnDemands, signOnOf } from './forge-sign-on.ts';
import { forgeUpgrade } from './light-forge-upgrade.ts';
import { forgeWatch, metricsToken } from './light-forge-watch.ts';
import { sqliteDump, sqliteImage } from './sqlite-dump.ts';

type ForgeSpec = ForgejoSpec | GiteaSpec;

export interface LightForge {
  readonly use: 'forgejo' | 'gitea';
  readonly title: string;
  readonly licence: string;
  readonly image: string;
  readonly runner: ImageLicence;
  /** Name of the program in `tests/real/oracles` that judges its settings. */
  readonly oracle?: string;
  /** Prefix of the variables that the image turns into `app.ini`. */
  readonly prefix: 'FORGEJO' | 'GITEA';
  /** Whether it proves by PKCE that the answer of a sign-on was for it. */
  readonly pkce: boolean;
  /** How the password of the database is read from a file: Gitea's image reads it, Forgejo itself does. */
  readonly passwordFrom: (path: string) => readonly [section: string, key: string, value: string];
}

const httpPort = 3000;
const sshPort = 2222;
const user = { uid: 1000, gid: 1000 } as const;
const dataFolder = '/var/lib/gitea';
const databasePath = `${dataFolder}/data/forge.db`;

/** Keys of the forge itself. Lengths are what its own `generate secret` makes: 32 bytes are 43 characters of base64url. */
const ownSecrets = [
  { id: 'secret-key', section: 'security', key: 'SECRET_KEY_URI', length: 64 },
  { id: 'internal-token', section: 'security', key: 'INTERNAL_TOKEN_URI', length: 64 },
  { id: 'jwt-secret', section: 'oauth2', key: 'JWT_SECRET_URI', length: 43 },
  { id: 'lfs-jwt-secret', section: 'server', key: 'LFS_JWT_SECRET_URI', length: 43 },
] as const;

/** The component of one light forge. */
export function lightForge(forge: LightForge): Component {
  return {
    use: forge.use,
    role: 'forge',
    title: forge.title,
    licence: forge.licence,
    image: forge.image,
    runnerImage: forge.runner.image,
    images: [forge.runner, sqliteImage],
    ...(forge.oracle === undefined ? {} : { oracle: forge.oracle }),
    declare: (parameters, context) => declare(forge, parameters as unknown as ForgeSpec, context),
    expand: (parameters, context) => expand(forge, parameters as unknown as ForgeSpec, context),
    upgrade: forgeUpgrade,
  };
}

function declare(forge: LightForge, spec: ForgeSpec, context: PartContext): Facts {
  const { id, origin, hostname, platform } = context;
  const required = spec.database === 'database' ? { required: { otherwise: 'write `database: sqlite`' } } : {};
  const place = spec.database === undefined ? origin : pointerTo(origin, 'database');
  return {
    demands: [
      ...(spec.database === 'sqlite' ? [] : [{ role: 'database', origin: place, ...required } as const]),
      ...signOnDemands(context, forge.pkce),
    ],
    routes: [
      {
        id,
        hostname: hostname ?? `git.${platform.domain}`,
        path: '/',
        workload: id,
        port: httpPort,
        origin: pointerTo(origin, 'host'),
      },
    ],
    streams:
      spec.ssh?.through === 'ingress'
        ? [
            {
              id: `${id}-ssh`,
              workload: id,
              name: 'ssh',
              port: sshPort,
              listen: spec.ssh.port,
              origin: pointerTo(origin, 'ssh', 'port'),
            },
          ]
        : [],
    volumes: [{ id: `${id}-data`, workload: id, origin, sizeBytes: bytesIn(spec.size) }],
    ...forgeWatch(context, httpPort, limitsIn(spec.limits).memoryBytes),
    dumps: ownsDatabase(spec, context)
      ? [sqliteDump({ id, origin, path: databasePath, volume: `${id}-data`, folder: dataFolder, user })]
      : [],
  };
}

/** Without a database in the file it keeps one in its own volume. */
function ownsDatabase({ database }: ForgeSpec, { platform }: PartContext): boolean {
  return database === 'sqlite' || (database === undefined && !platform.roles.includes('database'));
}

function expand(forge: LightForge, spec: ForgeSpec, context: ExpandContext): Fragment {
  const { id, origin } = context;
  const { database } = context.bindings;
  const secrets = secretsOf(context);
  const signOn = signOnOf(forge.use, context);
  const volume = `${id}-data`;
  return {
    workloads: [
      {
        id,
        origin,
        component: forge.use,
        host: context.host.id,
        image: spec.image ?? forge.image,
        ...(signOn === undefined ? {} : { entrypoint: signOn.entrypoint, command: signOn.command }),
        environment: environmentOf(forge, spec, context, signOn),
        ports: portsOf(spec, context),
        mounts: [
          { kind: 'volume', volume, path: dataFolder, readOnly: false },
          // Settings are written anew at each start, so that none of an older file survives.
          { kind: 'tmpfs', path: '/etc/gitea' },
          { kind: 'tmpfs', path: '/tmp' },
          ...secrets.map((secret): Mount => ({ kind: 'secret', secret: secret.id, path: secretPath(secret.id) })),
          ...passwordMount(database),
          ...(signOn?.mounts ?? []),
        ],
        health: {
          test: { kind: 'http', port: httpPort, path: '/api/healthz', client: 'curl' },
          intervalMs: 10_000,
          timeoutMs: 5_000,
          retries: 3,
          // A database migration after an upgrade can take this long, and a restart in the middle makes it longer.
          startMs: 1_800_000,
        },
        needs: [],
        limits: limitsIn(spec.limits),
        user,
        readOnlyRoot: true,
        capabilities: [],
        internet: spec.internet,
        stateful: true,
        // Running pushes and Actions logs are finished before it stops.
        stopGraceMs: 60_000,
      },
    ],
    secrets: [...secrets, ...(signOn?.secrets ?? [])],
    ...(signOn === undefined ? {} : { configs: signOn.configs }),
  };
}

function secretsOf(context: ExpandContext): readonly Secret[] {
  const { id, origin } = context;
  const token = metricsToken(context);
  return [
    ...ownSecrets.map((secret) => ({ id: `${id}-${secret.id}`, length: secret.length })),
    ...(token === undefined ? [] : [{ id: token, length: 48 }]),
  ].map((secret) => ({ id: secret.id, origin, source: { kind: 'generate', length: secret.length } }));
}

function passwordMount(database: DatabaseBinding | undefined): readonly Mount[] {
  return database === undefined
    ? []
    : [{ kind: 'secret', secret: database.password, path: secretPath(database.password) }];
}

function portsOf(spec: ForgeSpec, { origin }: ExpandContext): readonly Port[] {
  const published = spec.ssh?.through === 'host' ? spec.ssh.port : undefined;
  return [
    { name: 'http', port: httpPort, protocol: 'tcp', origin },
    {
      name: 'ssh',
      port: sshPort,
      protocol: 'tcp',
      origin: published === undefined ? origin : pointerTo(origin, 'ssh', 'port'),
      ...(published === undefined ? {} : { publish: { port: published } }),
    },
  ];
}

function environmentOf(
  forge: LightForge,
  spec: ForgeSpec,
  context: ExpandContext,
  signOn: SignOn | undefined,
): readonly EnvironmentVariable[] {
  const { id, origin } = context;
  const settings = [
    ...serverSettings(spec, context),
    ...(context.bindings.database === undefined ? sqliteSettings : postgresSettings(forge, context.bindings.database)),
    ...ownSecrets.map(
      ({ section, key, id: secret }) => [section, key, `file:${secretPath(`${id}-${secret}`)}`] as const,
    ),
    ['security', 'INSTALL_LOCK', 'true'],
    ...(signOn === undefined ? registrationSettings(spec) : []),
    // The ingress is the only one that may connect; it reaches the forge over a private network.
    ['security', 'REVERSE_PROXY_TRUSTED_PROXIES', '127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16'],
    ['actions', 'ENABLED', 'true'],
    ...metricsSettings(metricsToken(context)),
    ...(signOn?.settings ?? []),
  ] as const;
  const variables = [
    ...settings.map(([section, key, text]) => [`${forge.prefix}__${section}__${key}`, text] as const),
    ['GITEA_APP_INI', '/etc/gitea/conf/app.ini'] as const,
    // Uploads are spooled here: on the disk, because memory would run out.
    ['GITEA_TEMP', `${dataFolder}/tmp`] as const,
    ['TMPDIR', `${dataFolder}/tmp`] as const,
    ...(signOn?.variables ?? []),
  ];
  return variables.map(([name, text]) => ({ name, value: { kind: 'text', text }, origin }));
}

type Setting = readonly [section: string, key: string, value: string];

function serverSettings(spec: ForgeSpec, context: ExpandContext): readonly Setting[] {
  const hostname = context.hostname ?? '';
  const published = spec.ssh?.port;
  return [
    ['server', 'ROOT_URL', `${context.url ?? `http://${hostname}`}/`],
    ['server', 'DOMAIN', hostname],
    ['server', 'SSH_DOMAIN', hostname],
    ['server', 'HTTP_PORT', String(httpPort)],
    ['server', 'START_SSH_SERVER', 'true'],
    ['server', 'SSH_LISTEN_PORT', String(sshPort)],
    ['server', 'SSH_PORT', String(published ?? sshPort)],
    // Without it the built-in server refuses the user name that clone URLs show.
    ['server', 'BUILTIN_SSH_SERVER_USER', 'git'],
    ['server', 'LFS_START_SERVER', 'true'],
  ];
}

/**
 * With approval the first account is active and the administrator's all the same (`handleUserCreated` in routers/web/auth).
 * Without mail nobody could confirm an address.
 */
function registrationSettings({ registration = 'approval' }: ForgeSpec): readonly Setting[] {
  switch (registration) {
    case 'approval':
      return [['service', 'REGISTER_MANUAL_CONFIRM', 'true']];
    case 'closed':
      return [['service', 'DISABLE_REGISTRATION', 'true']];
    case 'open':
      return [];
  }
}

/** Without a token they would be open to everybody who reaches the host. The image reads a `__FILE` variable. */
function metricsSettings(token: string | undefined): readonly Setting[] {
  if (token === undefined) return [];
  return [
    ['metrics', 'ENABLED', 'true'],
    ['metrics', 'TOKEN__FILE', secretPath(token)],
  ];
}

/** Write-ahead logging: readers do not wait for the writer. The default would lock the whole file. */
const sqliteSettings: readonly Setting[] = [
  ['database', 'DB_TYPE', 'sqlite3'],
  ['database', 'PATH', databasePath],
  ['database', 'SQLITE_JOURNAL_MODE', 'WAL'],
];

function postgresSettings(forge: LightForge, database: DatabaseBinding): readonly Setting[] {
  return [
    ['database', 'DB_TYPE', 'postgres'],
    ['database', 'HOST', `${database.hostname}:${database.port}`],
    ['database', 'NAME', database.database],
    ['database', 'USER', database.user],
    // The link to the database is a network of its own.
    ['database', 'SSL_MODE', 'disable'],
    forge.passwordFrom(secretPath(database.password)),
  ];
}
