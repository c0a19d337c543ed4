import { type Client, sharedSecret } from '../../compiler/model/binding.ts';
import type { Component, ExpandContext } from '../../compiler/model/component.ts';
import type { EnvironmentVariable, Mount, Secret, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { bytesIn, limitsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { LldapSpec } from '../../schema/spec.ts';
import { ownNeeds, ownVolume } from '../own-volume.ts';
import { guardDemand } from '../protection.ts';
import { sqliteDump, sqliteImage } from '../sqlite-dump.ts';
import { peopleFindings } from './findings.ts';
import { type Account, startScript } from './start-script.ts';
import { lldapUpgrade } from './upgrade.ts';

const ports = { ldap: 3890, http: 17170 } as const;
const folder = '/data';
const databasePath = `${folder}/users.db`;
const scriptPath = '/etc/autogit/start.sh';
const readyPath = '/tmp/ready';
const user = { uid: 1000, gid: 1000 } as const;
const admin = 'admin';
/** Account that a client reads with. */
function readerOf(client: string): string {
  return `${client}-reader`;
}

type Context = ExpandContext<'directory'>;

/** lldap in its rootless image (https://github.com/lldap/lldap). */
export const lldap: Component<'directory'> = {
  use: 'lldap',
  role: 'directory',
  title: 'lldap',
  licence: 'GPL-3.0-only',
  image: 'lldap/lldap:v0.6.3-alpine-rootless',
  images: [sqliteImage],
  declare(parameters, { id, origin, hostname, platform }) {
    const spec = parameters as unknown as LldapSpec;
    const place = pointerTo(origin, 'host');
    return {
      demands: [guardDemand(origin)],
      routes: [
        {
          id,
          hostname: hostname ?? `${spec.host}.${platform.domain}`,
          path: '/',
          workload: id,
          port: ports.http,
          origin: place,
          // Behind sign-on as well: its own login is one factor. Everybody may come, to change their password.
          protect: { by: 'sso', open: [] },
        },
      ],
      volumes: [{ id: `${id}-data`, workload: id, origin, sizeBytes: bytesIn(spec.size) }],
      dumps: [sqliteDump({ id, origin, path: databasePath, volume: `${id}-data`, folder, user })],
    };
  },
  offer: ({ owner }, _, { id, platform }) => {
    const baseDn = baseDnOf(platform.domain);
    return {
      workload: id,
      hostname: `${platform.name}-${id}`,
      port: ports.ldap,
      kind: 'lldap',
      baseDn,
      user: `uid=${readerOf(owner)},ou=people,${baseDn}`,
      password: sharedSecret(owner, 'directory', 'password'),
    };
  },
  expand(parameters, context) {
    const spec = parameters as unknown as LldapSpec;
    const { id, origin, clients } = context;
    const owner = ownVolume({ id: `${id}-data`, ...user }, context);
    const accounts = accountsOf(context);
    const text = startScript({
      port: ports.http,
      admin: { id: admin, passwordFile: secretPath(secretIds(id).admin) },
      accounts,
      readyPath,
    });
    return {
      workloads: [workloadOf(spec, context), ...owner],
      ready: [id],
      configs: [{ id: `${id}-start`, workload: id, origin, file: 'start.sh', text }],
      secrets: secretsOf(context),
      findings: peopleFindings(
        clients.flatMap(({ demand }) => demand.people ?? []),
        [admin, ...clients.map(({ owner: client }) => readerOf(client))],
      ),
    };
  },
  upgrade: lldapUpgrade,
};

/** `dc=home,dc=lan`. */
function baseDnOf(domain: string): string {
  return domain
    .split('.')
    .map((label) => `dc=${label}`)
    .join(',');
}

function secretIds(id: string) {
  return { jwt: `${id}-jwt-secret`, seed: `${id}-key-seed`, admin: `${id}-admin-password` } as const;
}

/** The people of the file, and for each client the account that it reads with. */
function accountsOf({ clients, platform }: Context): readonly Account[] {
  return clients.flatMap(({ owner, demand, binding }): readonly Account[] => [
    {
      id: readerOf(owner),
      email: `${readerOf(owner)}@directory.${platform.domain}`,
      name: readerOf(owner),
      passwordFile: secretPath(binding.password),
      fixed: true,
      groups: [demand.setsPasswords === true ? 'lldap_password_manager' : 'lldap_strict_readonly'],
    },
    ...(demand.people ?? []).map(({ id, email, name, groups, password }) => ({
      id,
      email,
      name,
      passwordFile: secretPath(password),
      fixed: false,
      // As everywhere else on the platform.
      groups: groups.includes('admins') ? [...groups, 'lldap_admin'] : groups,
    })),
  ]);
}

function secretsOf({ id, origin, clients }: Context): readonly Secret[] {
  const own = Object.values(secretIds(id)).map((secret) => ({ id: secret, length: 48 }));
  return [...own, ...clients.map(({ binding }) => ({ id: binding.password, length: 48 }))].map((secret) => ({
    id: secret.id,
    origin,
    source: { kind: 'generate', length: secret.length },
  }));
}

function mountedSecrets({ id, clients }: Context): readonly string[] {
  const ofClient = ({ demand, binding }: Client<'directory'>): readonly string[] => [
    binding.password,
    ...(demand.people ?? []).map(({ password }) => password),
  ];
  return [...new Set([...Object.values(secretIds(id)), ...clients.flatMap(ofClient)])];
}

function environmentOf({ id, origin, platform, url }: Context): readonly EnvironmentVariable[] {
  const secrets = secretIds(id);
  const text = {
    LLDAP_LDAP_BASE_DN: baseDnOf(platform.domain),
    LLDAP_LDAP_USER_DN: admin,
    LLDAP_LDAP_USER_EMAIL: `${admin}@directory.${platform.domain}`,
    // The secret is what counts, whatever was changed on the page.
    LLDAP_FORCE_LDAP_USER_PASS_RESET: 'always',
    LLDAP_DATABASE_URL: `sqlite://${databasePath}?mode=rwc`,
    LLDAP_KEY_FILE: `${folder}/private_key`,
    ...(url === undefined ? {} : { LLDAP_HTTP_URL: url }),
  };
  const files = { LDAP_USER_PASS: secrets.admin, JWT_SECRET: secrets.jwt, KEY_SEED: secrets.seed };
  return [
    ...Object.entries(text).map(
      ([name, value]): EnvironmentVariable => ({ name, value: { kind: 'text', text: value }, origin }),
    ),
    ...Object.entries(files).map(
      ([name, secret]): EnvironmentVariable => ({
        name: `LLDAP_${name}_FILE`,
        value: { kind: 'secret-file', secret },
        origin,
      }),
    ),
  ];
}

function workloadOf(spec: LldapSpec, context: Context): Workload {
  const { id, origin, host } = context;
  return {
    id,
    origin,
    component: 'lldap',
    host: host.id,
    image: spec.image ?? lldap.image,
    entrypoint: ['/bin/sh', scriptPath],
    command: [],
    environment: environmentOf(context),
    ports: [
      { name: 'ldap', port: ports.ldap, protocol: 'tcp', origin },
      { name: 'http', port: ports.http, protocol: 'tcp', private: true, origin },
    ],
    mounts: [
      { kind: 'volume', volume: `${id}-data`, path: folder, readOnly: false },
      { kind: 'tmpfs', path: '/tmp' },
      { kind: 'config', config: `${id}-start`, path: scriptPath },
      ...mountedSecrets(context).map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
    ],
    health: {
      // Sign-on does not start without the account that it reads with.
      test: {
        kind: 'exec',
        command: [
          '/bin/sh',
          '-c',
          `test -e ${readyPath} && wget -q -O /dev/null http://127.0.0.1:${ports.http}/health`,
        ],
      },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 180_000,
    },
    needs: ownNeeds(context),
    limits: limitsIn(spec.limits),
    user,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: true,
    stopGraceMs: 15_000,
  };
}
