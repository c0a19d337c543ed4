import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClosedGit } from './closed-git.ts';
import { withoutUserInfo } from './remote-url.ts';

/**
 * Address of the clone that a folder belongs to (`git remote get-url origin`), without user name and password of an
 * http address; `undefined` when it is no clone or has no origin.
 * @param folder any folder of the work tree
 */
export async function originOf(folder: string, signal: AbortSignal): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'autogit-origin-'));
  try {
    const git = createClosedGit({ directory });
    const answer = await git(['-C', resolve(folder), 'config', '--get', 'remote.origin.url'], { signal });
    const url = answer.kind === 'ok' ? answer.bytes.toString('utf8').trim() : '';
    return url === '' ? undefined : withoutUserInfo(url);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
