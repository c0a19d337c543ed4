import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fail, ok, type Result } from '../model/result.ts';

const largestBytes = 64 * 1024;
const nameIt = 'name the file with the age key by AUTOGIT_AGE_KEY_FILE or --age-key-file';

/**
 * The age keys of a file, one a line (`AGE-SECRET-KEY-1…`), as `age-keygen` writes it. The file is for the reconciler
 * alone; its group may read it, which is how systemd and Kubernetes hand files over.
 *
 * @param path absent when no file was named
 */
export async function readAgeKeys(path: string | undefined): Promise<Result<readonly string[]>> {
  if (path === undefined) return fail('not-found', `no age key is known here; ${nameIt}`);
  let text: string;
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return fail('rejected', `the age key file ${path} is no regular file; ${nameIt}`);
      if ((stat.mode & 0o037) !== 0)
        return fail('rejected', `the age key file ${path} is open to others on this machine; run: chmod 600 ${path}`);
      if (stat.size > largestBytes)
        return fail('rejected', `the age key file ${path} is larger than 64 KiB; ${nameIt}`);
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(path, error);
  }
  return keysIn(text, path);
}

function keysIn(text: string, path: string): Result<readonly string[]> {
  if (/^-----BEGIN AGE ENCRYPTED FILE-----|^age-encryption\.org\//.test(text))
    return fail(
      'rejected',
      `the age key file ${path} is itself encrypted; decrypt it with age, because nobody is there to type a passphrase`,
    );
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const odd = keys.find((line) => !/^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+$/.test(line));
  if (odd !== undefined || keys.length === 0)
    return fail(
      'rejected',
      odd === undefined
        ? `the age key file ${path} has no key; make one with age-keygen`
        : `line ${lines.indexOf(odd) + 1} of the age key file ${path} is no age key; only AGE-SECRET-KEY-1… is read, neither SSH keys nor plug-ins`,
    );
  return ok(keys);
}

function unreadable(path: string, error: unknown): Result<never> {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return fail('not-found', `the age key file ${path} does not exist; put the key there, or ${nameIt}`);
  if (code === 'EACCES' || code === 'EPERM')
    return fail('unauthorized', `the age key file ${path} may not be read by this user; make it its owner`);
  return fail('rejected', `the age key file ${path} could not be read (${code}); check it`);
}
