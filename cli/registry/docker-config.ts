import { readFile } from 'node:fs/promises';
import { Secret } from '../../reconciler/model/secret.ts';
import { askProgram } from './credential-program.ts';

export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: Secret }
  /** To be exchanged for an access token (OAuth2 refresh token). */
  | { readonly kind: 'identity'; readonly token: Secret }
  /** To be sent as it is. */
  | { readonly kind: 'bearer'; readonly token: Secret };

export interface Login {
  readonly credentials?: Credentials;
  /** Why there are none although there should be, for the sentence about a refused call. */
  readonly trouble?: string;
}

/** The logins of `docker login`. */
export type Logins = (registry: string, signal: AbortSignal) => Promise<Login>;

export interface DockerConfigOptions {
  /** `~/.docker/config.json`. */
  readonly path: string;
  /** Of which programs get a chosen few; see `credential-program.ts`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, AuthEntry>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface AuthEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** The key under which `docker login` keeps Docker Hub. */
const hubKey = 'https://index.docker.io/v1/';

/**
 * Reads logins as Docker does (https://docs.docker.com/reference/cli/docker/login/#credential-stores): the program of
 * this registry, else the program for all, else the file itself. No file means no logins.
 */
export function openDockerConfig({ path, env }: DockerConfigOptions): Logins {
  let config: Promise<DockerConfig | string> | undefined;
  return async (registry, signal) => {
    config ??= readConfig(path);
    const known = await config;
    if (typeof known === 'string') return { trouble: known };
    const key = registry === 'docker.io' ? hubKey : registry;
    const program = known.credHelpers?.[key] ?? known.credHelpers?.[registry] ?? known.credsStore;
    const ownEntry = entryOf(known.auths ?? {}, registry);
    const fromFile = ownEntry === undefined ? undefined : credentialsOf(ownEntry);
    if (program === undefined || program === '') return fromFile === undefined ? {} : { credentials: fromFile };
    const asked = await askProgram({ program, key, env, signal });
    return asked.credentials === undefined && fromFile !== undefined ? { credentials: fromFile } : asked;
  };
}

async function readConfig(path: string): Promise<DockerConfig | string> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as DockerConfig) : {};
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    return `${path} could not be read (${code ?? 'it is no JSON'})`;
  }
}

/** Keys are host names, or addresses of the time when registries had a version: `https://registry.lan/v1/`. */
function entryOf(auths: Readonly<Record<string, AuthEntry>>, registry: string): AuthEntry | undefined {
  const names = registry === 'docker.io' ? ['index.docker.io', 'docker.io', 'registry-1.docker.io'] : [registry];
  const hostOf = (key: string) => key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return names.flatMap((name) => Object.entries(auths).filter(([key]) => hostOf(key) === name))[0]?.[1];
}

function credentialsOf(entry: AuthEntry): Credentials | undefined {
  if (entry.registrytoken) return { kind: 'bearer', token: new Secret(entry.registrytoken) };
  if (entry.identitytoken) return { kind: 'identity', token: new Secret(entry.identitytoken) };
  const decoded = Buffer.from(entry.auth ?? '', 'base64').toString('utf8');
  const cut = decoded.indexOf(':');
  if (cut > 0) {
    const password = decoded.slice(cut + 1).replace(/\0+$/, '');
    return { kind: 'password', user: decoded.slice(0, cut), password: new Secret(password) };
  }
  if (!entry.username || entry.password === undefined) return undefined;
  return { kind: 'password', user: entry.username, password: new Secret(entry.password) };
}
