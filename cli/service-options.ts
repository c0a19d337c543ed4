/** Flags of the commands that work with a state folder and the world: their texts become `WireOptions`. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { millisecondsIn } from '../compiler/model/quantities.ts';
import type { Options } from './commands.ts';
import { stateFolder } from './state-folder.ts';
import { UsageError } from './usage-error.ts';
import type { WireOptions } from './wire.ts';

/** `false` texts cannot come from commander: a flag is there or not. */
const text = (options: Options, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** Throws `UsageError` with the next step for flags that do not fit together. */
export async function wireOptions(options: Options): Promise<Omit<WireOptions, 'open'>> {
  const embedded = options.embedded === true;
  const demand = text(options, 'jobsInterval');
  const fillerImage = text(options, 'fillerImage') ?? process.env.AUTOGIT_FILLER_IMAGE;
  const runnerNetwork = text(options, 'runnerNetwork');
  const environment = environmentOf(options);
  const ageKeyFile = ageKeyFileOf(options);
  return {
    source: await sourceOf(options),
    state: stateOf(options),
    embedded,
    policy: resolve(text(options, 'policy') ?? process.env.AUTOGIT_POLICY ?? '/etc/autogit/policy.yaml'),
    allowPlainHttp: options.allowHttp === true,
    ...readable(options, 'knownHosts', '--known-hosts'),
    ...readable(options, 'sshKey', '--ssh-key'),
    ...readable(options, 'caFile', '--ca-file'),
    ...(fillerImage === undefined ? {} : { fillerImage }),
    ...(runnerNetwork === undefined ? {} : { runnerNetwork }),
    ...(demand === undefined ? {} : { demandMs: duration('--jobs-interval', demand) }),
    ...(environment === undefined ? {} : { environment }),
    ...(ageKeyFile === undefined ? {} : { ageKeyFile }),
    log: { format: logFormat(options), level: logLevel(options) },
  };
}

/** Environment of the file that these flags or `AUTOGIT_ENV` choose; undefined for the file as it stands. */
export function environmentOf(options: Options): string | undefined {
  return (text(options, 'env') ?? process.env.AUTOGIT_ENV) || undefined;
}

/** Absolute path of the file with age keys that these flags or the environment name. */
export function ageKeyFileOf(options: Options): string | undefined {
  const path =
    text(options, 'ageKeyFile') ?? (process.env.AUTOGIT_AGE_KEY_FILE || process.env.SOPS_AGE_KEY_FILE || undefined);
  return path === undefined ? undefined : resolve(path);
}

const inMemory = ':memory:';

/**
 * The state folder of these flags; `:memory:` for an embedded world without one. Throws `UsageError` when a real world
 * should be worked on without a memory: its inventory and its generated secrets would be gone at the next start.
 */
export function stateOf(options: Options): string {
  const embedded = options.embedded === true;
  const folder = embedded && options.state === undefined ? inMemory : stateFolder(text(options, 'state'));
  if (folder !== inMemory) return resolve(folder);
  if (embedded) return inMemory;
  throw new UsageError(
    `${inMemory} keeps nothing, so the next start would not know what it made: name a folder with --state, or add --embedded to try it out`,
  );
}

/** `--repo`, else `--file`, else the origin of the clone that `autogit.yaml` of this folder lies in, else that file. */
async function sourceOf(options: Options): Promise<WireOptions['source']> {
  const repository = text(options, 'repo');
  const file = text(options, 'file');
  if (repository !== undefined && file !== undefined)
    throw new UsageError('--repo and --file exclude each other: follow a repository or watch a file');
  const branch = text(options, 'branch') ?? 'main';
  const path = text(options, 'path') ?? 'autogit.yaml';
  if (repository !== undefined) return { kind: 'git', url: repository, branch, path };
  if (file !== undefined) return { kind: 'file', path: existing(file) };
  const here = resolve('autogit.yaml');
  if (!existsSync(here))
    throw new UsageError('nothing to follow: name a repository with --repo URL or a file with --file autogit.yaml');
  const named = await repositoryInFile(here);
  const { originOf } = await import('./wire.ts');
  const url = named ?? (await originOf(dirname(here), AbortSignal.timeout(10_000)));
  if (url === undefined)
    throw new UsageError(
      `${here} names no gitops.repository and lies in no clone; name one with --repo URL, or watch the file with --file autogit.yaml`,
    );
  return { kind: 'git', url, branch, path };
}

/** Only for the first start: what is followed afterwards is what the followed file itself says. */
async function repositoryInFile(path: string): Promise<string | undefined> {
  const { load } = await import('js-yaml');
  try {
    const value = load(await readFile(path, 'utf8')) as { readonly gitops?: { readonly repository?: unknown } } | null;
    const url = value?.gitops?.repository;
    return typeof url === 'string' ? url : undefined;
  } catch {
    throw new UsageError(`${path} cannot be read; run \`autogit validate\` to see what is wrong with it`);
  }
}

function existing(path: string): string {
  const full = resolve(path);
  if (!existsSync(full)) throw new UsageError(`there is no file ${full}; name another with --file`);
  if (statSync(full).isDirectory())
    throw new UsageError(`${full} is a directory, not a file; name the file in it: --file ${full}/autogit.yaml`);
  return full;
}

/** A file that git needs: absolute, and there. */
function readable<Name extends 'knownHosts' | 'sshKey' | 'caFile'>(
  options: Options,
  name: Name,
  flag: string,
): { readonly [key in Name]?: string } {
  const path = text(options, name);
  if (path === undefined) return {};
  const full = resolve(path);
  if (!existsSync(full)) throw new UsageError(`there is no file ${full}; name another with ${flag}`);
  return { [name]: full } as { readonly [key in Name]?: string };
}

function duration(flag: string, value: string): number {
  if (/^[0-9]+ms$/.test(value)) return Number.parseInt(value, 10);
  if (!/^[0-9]+[smh]$/.test(value)) throw new UsageError(`${flag} ${value} is no duration; write 500ms, 5s or 2m`);
  return millisecondsIn(value);
}

function logFormat(options: Options): 'json' | 'text' {
  const given = text(options, 'log');
  if (given === undefined) return process.stderr.isTTY ? 'text' : 'json';
  if (given === 'json' || given === 'text') return given;
  throw new UsageError(`--log ${given} is not known; choose json or text`);
}

function logLevel(options: Options): WireOptions['log']['level'] {
  const given = text(options, 'logLevel') ?? 'info';
  if (given === 'debug' || given === 'info' || given === 'warn' || given === 'error') return given;
  throw new UsageError(`--log-level ${given} is not known; choose debug, info, warn or error`);
}

/** Host and port of `--listen` and `--port`. */
export function listenOptions(options: Options): { readonly host: string; readonly port: number } {
  const port = Number(text(options, 'port') ?? '4280');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${text(options, 'port')} is no port; 0 takes a free one`);
  return { host: text(options, 'listen') ?? '127.0.0.1', port };
}

/** Names of `--allowed-host`, as a `Host` header has them: in lower case, an IPv6 address in brackets. */
export function allowedHosts(options: Options): readonly string[] {
  const names = (text(options, 'allowedHost') ?? '').split(',').filter((name) => name !== '');
  return names.map((name) => (name.includes(':') && !name.startsWith('[') ? `[${name}]` : name).toLowerCase());
}
