/**
 * Authelia's two files. Keys: https://www.authelia.com/configuration/. The types are the part of the format that is
 * written. Secrets are given by `AUTHELIA_…_FILE`, and those in lists, which no variable reaches, by its template filter.
 */
import type { CacheBinding, Client, DatabaseBinding, DirectoryBinding } from '../../compiler/model/binding.ts';
import type { Route } from '../../compiler/model/platform.ts';
import { yamlText } from '../../compiler/model/yaml-text.ts';
import type { AutheliaSpec } from '../../schema/spec.ts';
import { type AccessRule, accessRules, type Policy } from './access.ts';

/** Puts into the ID token what a client would otherwise ask for with the access token. */
const idTokenPolicy = 'id-token';

export const ports = { http: 9091, metrics: 9959 } as const;
export const dataFolder = '/config';
/** Of its own database, where the file has none. */
export const databasePath = `${dataFolder}/db.sqlite3`;
export const usersPath = `${dataFolder}/users.yml`;
/** Key of OpenID Connect on one line, as the inside of a quoted text. */
export const keyPath = '/tmp/oidc.key';

/** Where the hash of the secret of a client is put at the start. */
export function hashPath(clientId: string): string {
  return `/tmp/${clientId}.hash`;
}

export type AutheliaConfig = {
  readonly theme: 'auto';
  readonly server: { readonly address: string; readonly disable_healthcheck: true };
  readonly log: { readonly level: 'info'; readonly format: 'json' };
  readonly telemetry: { readonly metrics: { readonly enabled: true; readonly address: string } };
  readonly totp: { readonly disable: boolean; readonly issuer: string };
  readonly webauthn: { readonly disable: boolean; readonly display_name: string };
  readonly ntp: { readonly disable_startup_check: true };
  readonly authentication_backend: {
    readonly password_reset: { readonly disable: boolean };
    readonly password_change?: { readonly disable: true };
    readonly file?: { readonly path: string };
    readonly ldap?: {
      readonly implementation: 'lldap';
      readonly address: string;
      readonly base_dn: string;
      readonly user: string;
    };
  };
  readonly access_control: { readonly default_policy: 'deny'; readonly rules: readonly AccessRule[] };
  readonly session: {
    readonly cookies: readonly { readonly domain: string; readonly authelia_url: string }[];
    readonly redis?: { readonly host: string; readonly port: number; readonly database_index: number };
  };
  readonly storage: {
    readonly local?: { readonly path: string };
    readonly postgres?: { readonly address: string; readonly database: string; readonly username: string };
  };
  readonly notifier: {
    readonly disable_startup_check: true;
    readonly filesystem?: { readonly filename: string };
    readonly smtp?: { readonly address: string; readonly sender: string; readonly username?: string };
  };
  readonly identity_providers?: {
    readonly oidc: {
      readonly jwks: readonly { readonly key: string }[];
      readonly claims_policies?: Readonly<Record<typeof idTokenPolicy, { readonly id_token: readonly string[] }>>;
      readonly clients: readonly OidcClient[];
    };
  };
};

type OidcClient = {
  readonly client_id: string;
  readonly client_name: string;
  readonly client_secret: string;
  readonly public: false;
  readonly authorization_policy: Policy;
  readonly consent_mode: 'implicit';
  readonly require_pkce: boolean;
  readonly pkce_challenge_method?: 'S256';
  readonly claims_policy?: typeof idTokenPolicy;
  readonly redirect_uris: readonly string[];
  readonly scopes: readonly string[];
  readonly response_types: readonly ['code'];
  readonly grant_types: readonly ['authorization_code'];
  readonly token_endpoint_auth_method: 'client_secret_basic';
};

export interface Setting {
  readonly domain: string;
  /** `https://auth.home.lan`. */
  readonly url: string;
  readonly hostname: string;
  readonly mfa: AutheliaSpec['mfa'];
  readonly mail?: AutheliaSpec['mail'];
  readonly routes: readonly Route[];
  readonly clients: readonly Client<'sso'>[];
  readonly database?: DatabaseBinding | undefined;
  readonly cache?: CacheBinding | undefined;
  /** Where users are; absent means its own file. */
  readonly directory?: DirectoryBinding | undefined;
}

export function autheliaConfig(setting: Setting): AutheliaConfig {
  const { domain, hostname, mfa, mail, routes, clients } = setting;
  const signedOn = mfa === 'none' ? 'one_factor' : 'two_factor';
  const signOns = clients.filter(({ demand }) => demand.signOn !== undefined);
  return {
    theme: 'auto',
    // Its own health check writes into a folder that is read-only here.
    server: { address: `tcp://:${ports.http}/`, disable_healthcheck: true },
    log: { level: 'info', format: 'json' },
    telemetry: { metrics: { enabled: true, address: `tcp://:${ports.metrics}/metrics` } },
    totp: { disable: mfa !== 'totp', issuer: domain },
    webauthn: { disable: mfa !== 'webauthn', display_name: domain },
    // There is no way to a time server; containers have the time of their host.
    ntp: { disable_startup_check: true },
    authentication_backend: backendOf(setting),
    access_control: { default_policy: 'deny', rules: accessRules(routes, signedOn, hostname) },
    session: sessionOf(setting),
    storage: storageOf(setting),
    notifier: notifierOf(mail),
    ...(signOns.length === 0
      ? {}
      : {
          identity_providers: {
            oidc: {
              jwks: [{ key: fromFile(keyPath) }],
              ...(signOns.some(({ demand }) => demand.signOn?.readsIdToken === true)
                ? {
                    claims_policies: {
                      [idTokenPolicy]: { id_token: ['email', 'groups', 'name', 'preferred_username'] },
                    },
                  }
                : {}),
              clients: signOns.map((client) => clientOf(client, signedOn)),
            },
          },
        }),
  };
}

/** A directory that may only be read has its passwords changed on its own page. */
function backendOf({ mail, directory }: Setting): AutheliaConfig['authentication_backend'] {
  const reset = { password_reset: { disable: mail === undefined } };
  if (directory === undefined) return { ...reset, file: { path: usersPath } };
  const { kind, hostname, port, baseDn, user } = directory;
  return {
    ...reset,
    ...(mail === undefined ? { password_change: { disable: true } } : {}),
    ldap: { implementation: kind, address: `ldap://${hostname}:${port}`, base_dn: baseDn, user },
  };
}

function sessionOf({ domain, url, cache }: Setting): AutheliaConfig['session'] {
  return {
    cookies: [{ domain, authelia_url: url }],
    ...(cache === undefined ? {} : { redis: { host: cache.hostname, port: cache.port, database_index: cache.index } }),
  };
}

function storageOf({ database }: Setting): AutheliaConfig['storage'] {
  if (database === undefined) return { local: { path: databasePath } };
  const { hostname, port, database: name, user } = database;
  return { postgres: { address: `tcp://${hostname}:${port}`, database: name, username: user } };
}

/** Without a mail server codes are written to a file of the volume. */
function notifierOf(mail: Setting['mail']): AutheliaConfig['notifier'] {
  if (mail === undefined)
    return { disable_startup_check: true, filesystem: { filename: `${dataFolder}/notification.txt` } };
  const scheme = mail.port === 465 ? 'submissions' : 'submission';
  return {
    disable_startup_check: true,
    smtp: {
      address: `${scheme}://${mail.server}:${mail.port}`,
      sender: mail.from,
      ...(mail.user === undefined ? {} : { username: mail.user }),
    },
  };
}

/** The platform's own programs need no consent of their users. */
function clientOf({ owner, demand, binding }: Client<'sso'>, policy: Policy): OidcClient {
  const { callbacks = [], pkce = false, readsIdToken = false } = demand.signOn ?? {};
  return {
    client_id: binding.clientId,
    client_name: owner,
    client_secret: fromFile(hashPath(binding.clientId)),
    public: false,
    authorization_policy: policy,
    consent_mode: 'implicit',
    require_pkce: pkce,
    ...(pkce ? { pkce_challenge_method: 'S256' } : {}),
    ...(readsIdToken ? { claims_policy: idTokenPolicy } : {}),
    redirect_uris: callbacks,
    scopes: ['openid', 'profile', 'email', 'groups'],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_basic',
  };
}

/** Go's template language; backquotes, because the text stands in double quotes. */
function fromFile(path: string): string {
  return `{{ secret \`${path}\` }}`;
}

export function configText(config: AutheliaConfig): string {
  return yamlText(config);
}

/** The users, with a place where the hash of each password goes: `@ana@`. */
export function usersText(users: AutheliaSpec['users']): string {
  const entries = Object.entries(users).map(([id, { email, name, groups }]) => [
    id,
    { displayname: name ?? id, email, groups, password: `@${id}@` },
  ]);
  return yamlText({ users: Object.fromEntries(entries) });
}
