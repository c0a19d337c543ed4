/** Authelia's rendered files as the stand-in understands them. What it does not understand stops it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Rule {
  readonly domain: string;
  readonly resources?: readonly string[];
  readonly subject?: readonly string[];
  readonly policy: Policy;
}

export type Policy = 'bypass' | 'deny' | 'one_factor' | 'two_factor';

export interface OidcClient {
  readonly client_id: string;
  readonly client_name: string;
  readonly client_secret: string;
  readonly authorization_policy: Policy;
  readonly consent_mode: string;
  readonly require_pkce: boolean;
  readonly redirect_uris: readonly string[];
  readonly scopes: readonly string[];
  readonly response_types: readonly string[];
  readonly grant_types: readonly string[];
  readonly token_endpoint_auth_method: string;
}

export interface Configuration {
  readonly server: { readonly address: string };
  readonly authentication_backend: { readonly file: { readonly path: string } };
  readonly access_control: { readonly default_policy: Policy; readonly rules?: readonly Rule[] };
  readonly session: { readonly cookies: readonly [{ readonly domain: string; readonly authelia_url: string }] };
  readonly identity_providers?: {
    readonly oidc: { readonly jwks: readonly { readonly key: string }[]; readonly clients: readonly OidcClient[] };
  };
}

export interface User {
  readonly name: string;
  readonly displayname: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly password: string;
}

const known: readonly string[] = [
  ...['access_control', 'authentication_backend', 'identity_providers', 'log', 'notifier', 'ntp', 'server', 'session'],
  ...['storage', 'telemetry', 'theme', 'totp', 'webauthn'],
];

/** Reads `configuration.yml`, with the template filter where the environment asks for it. Throws on what nobody knows. */
export function readConfiguration(path: string, env: NodeJS.ProcessEnv): Configuration {
  const raw = readFileSync(path, 'utf8');
  const text = env.X_AUTHELIA_CONFIG_FILTERS === 'template' ? withSecrets(raw) : raw;
  const configuration = parse(text) as Configuration;
  const unknown = Object.keys(configuration).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${path}: the stand-in knows no ${unknown.join(', ')}`);
  if (configuration.session.cookies.length !== 1) throw new Error(`${path}: the stand-in knows one cookie`);
  refuseDefault(path, configuration.access_control);
  return configuration;
}

/** As `ValidateRules` of Authelia's `internal/configuration/validator/access_control.go`: it ends at the start. */
function refuseDefault(path: string, { default_policy: policy, rules = [] }: Configuration['access_control']): void {
  if (rules.length > 0 || policy === 'one_factor' || policy === 'two_factor') return;
  throw new Error(
    `${path}: 'default_policy' is '${policy}': when no rules are specified it must be 'two_factor' or 'one_factor'`,
  );
}

/** The template function `secret`: the content of a file without the line end; the text stands in double quotes. */
function withSecrets(text: string): string {
  return text.replaceAll(/\{\{ secret `([^`]+)` \}\}/g, (_, path: string) => readFileSync(path, 'utf8').trimEnd());
}

/** The secrets that Authelia takes from files; throws where one is missing or has a name that Authelia would ignore. */
export function readSecrets(env: NodeJS.ProcessEnv): readonly string[] {
  const names = Object.keys(env).filter((name) => /^AUTHELIA_.*_FILE$/.test(name));
  return names.sort().map((name) => {
    const id = name.replace(/^AUTHELIA_(.*)_FILE$/, '$1');
    if (!secretNames.includes(id)) throw new Error(`${name}: Authelia has no such secret`);
    if (readFileSync(env[name] ?? '', 'utf8').trim() === '') throw new Error(`${env[name]} is empty`);
    return id;
  });
}

/** https://www.authelia.com/configuration/methods/secrets/, as far as AutoGit gives them. */
const secretNames = [
  'IDENTITY_PROVIDERS_OIDC_HMAC_SECRET',
  'IDENTITY_VALIDATION_RESET_PASSWORD_JWT_SECRET',
  'NOTIFIER_SMTP_PASSWORD',
  'SESSION_REDIS_PASSWORD',
  'SESSION_SECRET',
  'STORAGE_ENCRYPTION_KEY',
  'STORAGE_POSTGRES_PASSWORD',
];

/** The users of the file, by name. */
export function readUsers(path: string): ReadonlyMap<string, User> {
  const { users } = parse(readFileSync(path, 'utf8')) as { users: Record<string, Omit<User, 'name'>> };
  return new Map(Object.entries(users).map(([name, user]) => [name, { ...user, name }]));
}
