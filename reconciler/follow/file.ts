import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { isOfGit } from '../../compiler/model/git-path.ts';
import { lockPathOf } from '../../compiler/model/lock.ts';
import { filesText } from '../model/commit-files.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { NamedPaths, Source } from '../ports/source.ts';
import { decodeText, largestFile, tooLarge } from './content.ts';
import { readNamedFiles } from './named-files.ts';
import { createFileWatch } from './watch-files.ts';

/**
 * Follows a file on this machine, with the lock beside it and the files that it names. Its revision is
 * `file:<sha256 of its bytes>`; with the others, of all.
 *
 * @param options.named which other files are read with it; default: none
 */
export function createFileSource(options: { readonly path: string; readonly named?: NamedPaths }): Source {
  const path = resolve(options.path);
  const folder = dirname(path);
  const watch = createFileWatch([path, lockPathOf(path)]);
  return {
    name: path,
    file: basename(path),
    async head() {
      const bytes = await readBounded(path);
      if (!bytes.ok) return bytes;
      const text = decodeText(bytes.value, path);
      if (!text.ok) return text;
      const lock = await readLock(lockPathOf(path));
      if (!lock.ok) return lock;
      const paths = (await options.named?.(text.value)) ?? [];
      watch.also(paths.map((name) => join(folder, name)));
      const files = await readNamedFiles(paths, (name) => readBeside(folder, name));
      if (!files.ok) return files;
      const hash = createHash('sha256').update(bytes.value);
      if (lock.value !== undefined) hash.update('\0').update(lock.value);
      if (filesText(files.value) !== '') hash.update('\0\0').update(filesText(files.value));
      return ok({
        revision: `file:${hash.digest('hex')}`,
        rewritten: false,
        text: text.value,
        ...(lock.value === undefined ? {} : { lock: lock.value }),
        ...(files.value === undefined ? {} : { files: files.value }),
      });
    },
    watch: watch.run,
  };
}

/** Undefined when there is none; a lock that cannot be read is not the same as none. */
async function readLock(path: string): Promise<Result<string | undefined>> {
  const bytes = await readBounded(path);
  if (bytes.ok) return decodeText(bytes.value, path);
  if (bytes.failure.kind !== 'not-found') return bytes;
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  return isThere ? fail('rejected', `${path} is a link that leads nowhere; mend it, or remove it`) : ok(undefined);
}

/** A file in the folder of the platform file. As in a commit, a link that leads out of it or into `.git` is not there. */
async function readBeside(folder: string, name: string): Promise<Result<Buffer | undefined>> {
  const path = join(folder, name);
  try {
    const root = await realpath(folder);
    const real = await realpath(path);
    const start = root.endsWith(sep) ? root : root + sep;
    if (!real.startsWith(start) || isOfGit(real.slice(start.length))) return ok(undefined);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? ok(undefined) : unreadable(path, error);
  }
  const bytes = await readBounded(path);
  return bytes.ok || bytes.failure.kind !== 'not-found' ? bytes : ok(undefined);
}

async function readBounded(path: string): Promise<Result<Buffer>> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) return fail('rejected', `${path} is a folder; name the file in it`);
      if (!stat.isFile()) return fail('rejected', `${path} is no regular file; name a regular file`);
      if (stat.size > largestFile) return tooLarge(path);
      return ok(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Result<never> {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fail('not-found', `${path} does not exist; create it, or name another file`);
    case 'EACCES':
    case 'EPERM':
      return fail('unauthorized', `${path} cannot be read by this user; change its mode or owner`);
    case 'ELOOP':
      return fail('rejected', `${path} is a symbolic link that leads to itself; correct it`);
    default:
      return fail('rejected', `${path} could not be read (${code ?? String(error)}); check the file`);
  }
}
