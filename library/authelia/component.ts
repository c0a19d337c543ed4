import { type Demand, sharedSecret } from '../../compiler/model/binding.ts';
import type { Component, ExpandContext, PartContext } from '../../compiler/model/component.ts';
import type { Facts } from '../../compiler/model/facts.ts';
import type { Config, EnvironmentVariable, Mount, Secret, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { bytesIn, limitsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { AutheliaSpec } from '../../schema/spec.ts';
import { ownNeeds, ownVolume } from '../own-volume.ts';
import { sqliteDump, sqliteImage } from '../sqlite-dump.ts';
import { signOnAlerts } from './alerts.ts';
import { autheliaConfig, configText, databasePath, dataFolder, ports, usersText } from './config.ts';
import { cookieFindings } from './cookie-domain.ts';
import { emptyGroups } from './empty-groups.ts';
import { startScript } from './start-script.ts';
import { autheliaUpgrade } from './upgrade.ts';

const paths = {
  'configuration.yml': '/etc/autogit/configuration.yml',
  'users.yml': '/etc/autogit/users.yml',
  'start.sh': '/etc/autogit/start.sh',
} as const;
const user = { uid: 1000, gid: 1000 } as const;

type Context = ExpandContext<'sso'>;

/** Authelia: a portal, forward authentication for the ingress, and a provider of OpenID Connect (https://www.authelia.com). */
export const authelia: Component<'sso'> = {
  use: 'authelia',
  role: 'sso',
  title: 'Authelia',
  licence: 'Apache-2.0',
  image: 'authelia/authelia:4.39.20',
  images: [sqliteImage],
  declare: (parameters, context) => declare(parameters as unknown as AutheliaSpec, context),
  offer: ({ owner }, _, { id, platform, url = '' }) => ({
    workload: id,
    hostname: `${platform.name}-${id}`,
    port: ports.http,
    verifyPath: '/api/authz/forward-auth',
    identityHeaders: ['Remote-User', 'Remote-Groups', 'Remote-Email', 'Remote-Name'],
    issuer: url,
    endpoints: {
      authorization: `${url}/api/oidc/authorization`,
      token: `${url}/api/oidc/token`,
      userinfo: `${url}/api/oidc/userinfo`,
      signOff: `${url}/logout`,
    },
    clientId: owner,
    clientSecret: sharedSecret(owner, 'sso', 'secret'),
  }),
  expand(parameters, context) {
    const spec = parameters as unknown as AutheliaSpec;
    const configs = configsOf(spec, context);
    const owner = ownVolume({ id: `${context.id}-data`, ...user }, context);
    return {
      workloads: [workloadOf(spec, context, configs), ...owner],
      ready: [context.id],
      configs,
      secrets: secretsOf(spec, context),
      findings: [
        ...cookieFindings(context.platform.domain),
        ...(context.bindings.directory === undefined ? emptyGroups(spec.users, context.facts.routes) : []),
      ],
    };
  },
  upgrade: autheliaUpgrade,
};

function declare(spec: AutheliaSpec, context: PartContext): Facts {
  const { id, origin, hostname, platform } = context;
  const named = Object.entries(spec.users).flatMap(([name, { password }]) =>
    password === undefined ? [] : [{ secret: password, origin: pointerTo(origin, 'users', name, 'password') }],
  );
  const mail = spec.mail?.password;
  return {
    demands: [
      // Browsers and programs are sent here over HTTPS alone.
      { role: 'certificates', origin, wait: false, required: {} },
      { role: 'database', origin },
      { role: 'cache', origin },
      ...(platform.roles.includes('directory') ? [directoryDemand(spec, context)] : []),
    ],
    routes: [
      {
        id,
        hostname: hostname ?? `${spec.host}.${platform.domain}`,
        path: '/',
        workload: id,
        port: ports.http,
        origin: pointerTo(origin, 'host'),
      },
    ],
    volumes: [{ id: `${id}-data`, workload: id, origin, sizeBytes: bytesIn(spec.size) }],
    scrapes: [{ id, workload: id, port: ports.metrics, path: '/metrics', origin }],
    alerts: signOnAlerts(id, origin),
    // Without a database in the file it keeps one in its own volume, with the second factors that people registered.
    dumps: platform.roles.includes('database')
      ? []
      : [sqliteDump({ id, origin, path: databasePath, volume: `${id}-data`, folder: dataFolder, user })],
    secretUses:
      mail === undefined ? named : [...named, { secret: mail, origin: pointerTo(origin, 'mail', 'password') }],
  };
}

/** The people of the file are made in the directory; without a mail server nobody can be sent a new password. */
function directoryDemand(spec: AutheliaSpec, { id, origin }: PartContext): Demand<'directory'> {
  const people = passwordsOf(spec, { id }).map(({ user: name, secret }) => {
    const { email, groups, name: shown = name } = spec.users[name] ?? { email: '', groups: [] };
    return { id: name, email, name: shown, groups, password: secret, origin: pointerTo(origin, 'users', name) };
  });
  return { role: 'directory', origin: pointerTo(origin, 'directory'), people, setsPasswords: spec.mail !== undefined };
}

function configsOf(spec: AutheliaSpec, context: Context): readonly Config[] {
  const { id, origin, platform, url = '', hostname = '', facts, clients, bindings } = context;
  const settings = autheliaConfig({
    domain: platform.domain,
    url,
    hostname,
    mfa: spec.mfa,
    mail: spec.mail,
    routes: facts.routes,
    clients,
    database: bindings.database,
    cache: bindings.cache,
    directory: bindings.directory,
  });
  const ownUsers = bindings.directory === undefined;
  const script = startScript({
    configPath: paths['configuration.yml'],
    ...(ownUsers
      ? {
          users: {
            template: paths['users.yml'],
            all: passwordsOf(spec, context).map(({ user: name, secret }) => ({
              id: name,
              passwordFile: secretPath(secret),
            })),
          },
        }
      : {}),
    clients: signOns(context).map(({ binding }) => ({
      id: binding.clientId,
      secretFile: secretPath(binding.clientSecret),
    })),
  });
  return [
    { id: `${id}-config`, workload: id, origin, file: 'configuration.yml', text: configText(settings) },
    ...(ownUsers ? [{ id: `${id}-users`, workload: id, origin, file: 'users.yml', text: usersText(spec.users) }] : []),
    { id: `${id}-start`, workload: id, origin, file: 'start.sh', text: script },
  ];
}

function signOns({ clients }: Context): Context['clients'] {
  return clients.filter(({ demand }) => demand.signOn !== undefined);
}

/** The secret with the first password of each user. */
function passwordsOf({ users }: AutheliaSpec, { id }: Pick<Context, 'id'>) {
  return Object.entries(users).map(([name, { password }]) => ({
    user: name,
    secret: password ?? `${id}-${name}-password`,
    own: password === undefined,
  }));
}

/** Variables that name files, and the secrets in them. */
function secretVariables(spec: AutheliaSpec, context: Context): Readonly<Record<string, string>> {
  const { bindings } = context;
  const mail = spec.mail?.password;
  return {
    ...ownSecrets(context),
    ...(bindings.database === undefined ? {} : { STORAGE_POSTGRES_PASSWORD: bindings.database.password }),
    ...(bindings.cache === undefined ? {} : { SESSION_REDIS_PASSWORD: bindings.cache.password }),
    ...(bindings.directory === undefined ? {} : { AUTHENTICATION_BACKEND_LDAP_PASSWORD: bindings.directory.password }),
    ...(mail === undefined ? {} : { NOTIFIER_SMTP_PASSWORD: mail }),
  };
}

function ownSecrets(context: Context): Readonly<Record<string, string>> {
  const { id } = context;
  return {
    IDENTITY_VALIDATION_RESET_PASSWORD_JWT_SECRET: `${id}-reset-secret`,
    SESSION_SECRET: `${id}-session-secret`,
    STORAGE_ENCRYPTION_KEY: `${id}-storage-key`,
    ...(signOns(context).length === 0 ? {} : { IDENTITY_PROVIDERS_OIDC_HMAC_SECRET: `${id}-oidc-secret` }),
  };
}

function secretsOf(spec: AutheliaSpec, context: Context): readonly Secret[] {
  const { origin } = context;
  const made = [
    ...Object.values(ownSecrets(context)).map((secret) => ({ id: secret, length: 64 })),
    ...signOns(context).map(({ binding }) => ({ id: binding.clientSecret, length: 48 })),
    ...passwordsOf(spec, context).flatMap(({ secret, own }) => (own ? [{ id: secret, length: 20 }] : [])),
  ];
  return made.map(({ id, length }) => ({ id, origin, source: { kind: 'generate', length } }));
}

function workloadOf(spec: AutheliaSpec, context: Context, configs: readonly Config[]): Workload {
  const { id, origin, host } = context;
  const variables = secretVariables(spec, context);
  const mounted = [
    ...Object.values(variables),
    ...(context.bindings.directory === undefined ? passwordsOf(spec, context).map(({ secret }) => secret) : []),
    ...signOns(context).map(({ binding }) => binding.clientSecret),
  ];
  return {
    id,
    origin,
    component: 'authelia',
    host: host.id,
    image: spec.image ?? authelia.image,
    entrypoint: ['/bin/sh', paths['start.sh']],
    command: [],
    environment: [
      { name: 'X_AUTHELIA_CONFIG_FILTERS', value: { kind: 'text', text: 'template' }, origin },
      ...Object.entries(variables).map(
        ([name, secret]): EnvironmentVariable => ({
          name: `AUTHELIA_${name}_FILE`,
          value: { kind: 'secret-file', secret },
          origin,
        }),
      ),
    ],
    ports: [
      { name: 'http', port: ports.http, protocol: 'tcp', private: true, origin },
      { name: 'metrics', port: ports.metrics, protocol: 'tcp', private: true, origin },
    ],
    mounts: [
      { kind: 'volume', volume: `${id}-data`, path: dataFolder, readOnly: false },
      { kind: 'tmpfs', path: '/tmp' },
      ...configs.map(
        ({ id: config, file }): Mount => ({ kind: 'config', config, path: paths[file as keyof typeof paths] }),
      ),
      ...[...new Set(mounted)].map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
    ],
    health: {
      test: { kind: 'http', port: ports.http, path: '/api/health', client: 'wget' },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      // Hashes are slow on purpose: a second or two for each new user.
      startMs: 120_000,
    },
    needs: ownNeeds(context),
    limits: limitsIn(spec.limits),
    user,
    readOnlyRoot: true,
    capabilities: [],
    internet: spec.mail !== undefined,
    stateful: true,
    stopGraceMs: 15_000,
  };
}
