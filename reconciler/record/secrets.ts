import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { open, stat as statOf } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Secret as SecretDeclaration } from '../../compiler/model/platform.ts';
import { type CommitFiles, fileBytes } from '../model/commit-files.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { Secret } from '../model/secret.ts';
import type { Log } from '../ports/log.ts';
import type { ReadSops } from '../ports/secrets.ts';
import { makePrivateFolder, writePrivateFile } from './private-file.ts';
import type { Redactor } from './redactor.ts';

export type SecretSource = SecretDeclaration['source'];

/** The values of secrets, read when they are needed and kept nowhere else. */
export interface SecretValues {
  /** The value now. A generated one is made at the first call and stays the same until its file is removed by a person. */
  value(id: string, source: SecretSource, files?: CommitFiles): Promise<Result<Secret>>;
  /**
   * 32 hex characters that change when the value does and do not reveal it: HMAC-SHA256 with a key of this state folder.
   * For digests of what is made from a secret.
   */
  fingerprint(id: string, source: SecretSource, files?: CommitFiles): Promise<Result<string>>;
  /** Whether the value could be had now. Makes nothing: a generated one that is not there yet is `to-be-made`. */
  probe(id: string, source: SecretSource, files?: CommitFiles): Promise<Result<'there' | 'to-be-made'>>;
}

/** A secret is a password or a key, not a file store. */
const largestBytes = 64 * 1024;
const alphabets = {
  plain: 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789',
  hex: '0123456789abcdef',
} as const;

/**
 * @param options.directory state folder; generated values are kept in `secrets/<id>` (0600) in it. Absent: in memory only
 * @param options.env where `env` sources are looked up
 * @param options.sops how `sops` sources are decrypted
 * @param options.withheld files that no secret may be read from: those that open other secrets
 * @param options.redactor learns every value that is handed out
 */
export function createSecretValues(options: {
  readonly directory: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sops: ReadSops;
  readonly withheld?: readonly string[];
  readonly redactor: Redactor;
  readonly log: Log;
}): SecretValues {
  const { directory, env, sops, withheld = [], redactor, log } = options;
  const inMemory = new Map<string, string>();
  const warned = new Set<string>();

  async function read(id: string, source: SecretSource, files: CommitFiles | undefined): Promise<Result<string>> {
    switch (source.kind) {
      case 'env':
        return fromEnvironment(id, source.variable, env);
      case 'file':
        return fromFile(id, source.path, withheld, (warning) => {
          if (!warned.has(id)) log.warn('secret.file.writable', { secret: id, path: source.path, detail: warning });
          warned.add(id);
        });
      case 'generate':
        return kept(`secret "${id}"`, id, () => randomText(source.length, source.alphabet));
      case 'sops':
        return fromSops(id, source, files, sops);
      case 'kubernetes':
        return fail('rejected', `secret "${id}" is kept by a cluster, where no Docker host can read it`);
    }
  }

  /** A value that this folder keeps under `secrets/`, made once. */
  async function kept(what: string, name: string, make: () => string): Promise<Result<string>> {
    if (!/^[a-z0-9.-]{1,80}$/.test(name))
      return fail('rejected', `${what} has a name that cannot be a file name; use lower-case letters, digits and "-"`);
    if (directory === undefined) {
      const value = inMemory.get(name) ?? make();
      inMemory.set(name, value);
      return ok(value);
    }
    const path = join(directory, 'secrets', name);
    const found = await readOwn(what, path);
    if (found === undefined || !found.ok) return found ?? create(what, path, make);
    return found;
  }

  async function create(what: string, path: string, make: () => string): Promise<Result<string>> {
    try {
      makePrivateFolder(join(path, '..'));
      writePrivateFile(path, make(), { keep: true });
    } catch (error) {
      return fail(
        'rejected',
        `${what} could not be kept in ${path} (${errnoOf(error)}); make the state folder writable and give it free space`,
      );
    }
    return (
      (await readOwn(what, path)) ??
      fail('rejected', `${what} vanished from ${path} while it was made; let nothing else write to the state folder`)
    );
  }

  async function value(id: string, source: SecretSource, files?: CommitFiles): Promise<Result<Secret>> {
    const text = await read(id, source, files);
    if (!text.ok) return text;
    const secret = new Secret(text.value);
    redactor.add(secret);
    return ok(secret);
  }

  async function fingerprint(id: string, source: SecretSource, files?: CommitFiles): Promise<Result<string>> {
    const secret = await value(id, source, files);
    if (!secret.ok) return secret;
    const key = await kept('the key for fingerprints', '.fingerprint', () => randomBytes(32).toString('hex'));
    if (!key.ok) return key;
    return ok(createHmac('sha256', key.value).update(`${id}\0${secret.value.reveal()}`).digest('hex').slice(0, 32));
  }

  async function probe(id: string, source: SecretSource, files?: CommitFiles): Promise<Result<'there' | 'to-be-made'>> {
    if (source.kind !== 'generate') {
      const read = await value(id, source, files);
      return read.ok ? ok('there') : read;
    }
    const found = directory === undefined ? undefined : await readOwn(`secret "${id}"`, join(directory, 'secrets', id));
    if (found === undefined) return ok('to-be-made');
    return found.ok ? ok('there') : found;
  }

  return { value, fingerprint, probe };
}

function fromEnvironment(
  id: string,
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
): Result<string> {
  const text = env[variable];
  if (text === undefined)
    return fail(
      'not-found',
      `secret "${id}" is to be in the environment variable ${variable}, which is not set; set it for the reconciler and restart it`,
    );
  if (text === '')
    return fail(
      'not-found',
      `secret "${id}" is to be in the environment variable ${variable}, which is empty; set it for the reconciler and restart it`,
    );
  return ok(text);
}

/** The sentence of the reader goes behind the name of the secret. */
async function fromSops(
  id: string,
  { path, pointer }: Extract<SecretSource, { kind: 'sops' }>,
  files: CommitFiles | undefined,
  sops: ReadSops,
): Promise<Result<string>> {
  const what = `secret "${id}"`;
  const bytes = fileBytes(files, path);
  if (bytes === undefined)
    return fail('not-found', `${what} is in ${path}, which this commit does not have; commit the file`);
  const read = await sops({ path, pointer, bytes });
  if (!read.ok) return { ok: false, failure: { ...read.failure, detail: `${what}: ${read.failure.detail}` } };
  return read.value === ''
    ? fail('rejected', `${what}: ${path} has an empty value at ${pointer}; set it with: sops edit ${path}`)
    : read;
}

/** A file of the user's. Links are followed: mounted secrets are links in Kubernetes and systemd. */
async function fromFile(
  id: string,
  path: string,
  withheld: readonly string[],
  warn: (text: string) => void,
): Promise<Result<string>> {
  const what = `secret "${id}"`;
  if (!isAbsolute(path))
    return fail('rejected', `${what} is in "${path}", which is no absolute path; begin it with "/"`);
  let bytes: Buffer;
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) return fail('rejected', `${what} is in ${path}, which is a folder; name the file in it`);
      if (!stat.isFile())
        return fail('rejected', `${what} is in ${path}, which is no regular file; name a regular file`);
      if (await isOneOf(stat, withheld))
        return fail(
          'rejected',
          `${what} is in ${path}, which holds the keys of other secrets and is never handed out; name another file`,
        );
      if ((stat.mode & 0o002) !== 0)
        return fail(
          'rejected',
          `${what} is in ${path}, which everyone on this machine can change; run: chmod o-w ${path}`,
        );
      if ((stat.mode & 0o020) !== 0) warn('the group can change this file; run chmod g-w on it unless that is meant');
      if (stat.size > largestBytes)
        return fail('rejected', `${what} is in ${path}, which is larger than 64 KiB; name the right file`);
      bytes = await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(what, path, error);
  }
  return decode(what, path, bytes);
}

/** By the file itself: another path to it, or a link, is no way around. */
async function isOneOf({ dev, ino }: Stats, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const other = await statOf(path).catch(() => undefined);
    if (other !== undefined && other.dev === dev && other.ino === ino) return true;
  }
  return false;
}

/** A file of ours; `undefined` when there is none. One that is there and cannot be read is a failure, never a reason for a new value. */
async function readOwn(what: string, path: string): Promise<Result<string> | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const stat = await file.stat();
      if (!stat.isFile())
        return fail(
          'rejected',
          `${what} is kept in ${path}, which is no regular file; put the file back from a backup`,
        );
      if ((stat.mode & 0o022) !== 0)
        return fail(
          'rejected',
          `${what} is kept in ${path}, which others can change; check its content and run: chmod 600 ${path}`,
        );
      return decode(what, path, await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    return unreadable(what, path, error);
  }
}

function decode(what: string, path: string, bytes: Buffer): Result<string> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('rejected', `${what} is in ${path}, which is not UTF-8 text; encode it, for example with base64`);
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') return fail('rejected', `${what} is in ${path}, which is empty; put the value into it`);
  return ok(value);
}

function unreadable(what: string, path: string, error: unknown): Result<string> {
  const code = errnoOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return fail('not-found', `${what} is in ${path}, which does not exist; create the file`);
  if (code === 'EACCES' || code === 'EPERM')
    return fail(
      'unauthorized',
      `${what} is in ${path}, which the reconciler may not read; give its user the right to read it`,
    );
  return fail('rejected', `${what} in ${path} could not be read (${code}); check the file`);
}

function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : String(error);
}

function randomText(length: number, kind: keyof typeof alphabets = 'plain'): string {
  const alphabet = alphabets[kind];
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
