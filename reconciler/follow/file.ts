import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { lockPathOf } from '../../compiler/model/lock.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Source } from '../ports/source.ts';
import { decodeText, largestFile, tooLarge } from './content.ts';

/**
 * Follows a file on this machine, with the lock beside it. Its revision is `file:<sha256 of its bytes>`; with a lock, of both.
 */
export function createFileSource(options: { readonly path: string }): Source {
  const path = resolve(options.path);
  return {
    name: path,
    async head() {
      const bytes = await readBounded(path);
      if (!bytes.ok) return bytes;
      const text = decodeText(bytes.value, path);
      if (!text.ok) return text;
      const lock = await readLock(lockPathOf(path));
      if (!lock.ok) return lock;
      const hash = createHash('sha256').update(bytes.value);
      if (lock.value !== undefined) hash.update('\0').update(lock.value);
      return ok({
        revision: `file:${hash.digest('hex')}`,
        rewritten: false,
        text: text.value,
        ...(lock.value === undefined ? {} : { lock: lock.value }),
      });
    },
    watch: (wake, signal) => watchFile(path, wake, signal),
  };
}

/** Undefined when there is none; a lock that cannot be read is not the same as none. */
async function readLock(path: string): Promise<Result<string | undefined>> {
  const bytes = await readBounded(path);
  if (bytes.ok) return decodeText(bytes.value, path);
  return bytes.failure.kind === 'not-found' ? ok(undefined) : bytes;
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

/**
 * Watches the folder and not the file: editors write a new file and rename it, and mounted configuration is a link to a
 * link that is exchanged. Resolves when `signal` aborts.
 */
async function watchFile(path: string, wake: () => void, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const folder = dirname(path);
  const lock = lockPathOf(path);
  const watcher = watchFiles([folder, path, lock], {
    depth: 0,
    ignoreInitial: true,
    ignored: (seen) => dirname(seen) === folder && ignoredName(basename(seen), [path, lock]),
  });
  watcher.on('all', () => wake());
  watcher.on('error', () => wake());
  await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  await watcher.close();
}

/** `..data` is the link that Kubernetes exchanges. */
function ignoredName(name: string, paths: readonly string[]): boolean {
  return name !== '..data' && !paths.some((path) => basename(path) === name);
}
