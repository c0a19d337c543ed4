import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { limits } from '../../schema/limits.ts';

/** Files beside the platform file, as a commit has them. */
export interface Revision {
  /** Full id of the commit. */
  readonly commit: string;
  /**
   * Bytes of a file by its path from the folder of the platform file; undefined when the commit has no such plain file.
   *
   * @throws GitFailure
   */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** git is not there, this is no repository, or the commit is unknown. The message says what to do. */
export class GitFailure extends Error {
  readonly next: string;
  readonly isUsage: boolean;
  constructor(message: string, next: string, isUsage = false) {
    super(message);
    this.next = next;
    this.isUsage = isUsage;
  }
}

/** The commits of the repository that a platform file lies in. */
export interface Repository {
  /** `main`, `HEAD~1`, `1a2b3c4`. */
  open(revision: string): Promise<Revision>;
  /** The newest commit that both have in their history. */
  mergeBase(a: string, b: string): Promise<string>;
}

/**
 * Only commands that look at objects are called: they run no hook, filter or program of the repository, and none of the
 * variables that point git elsewhere is handed on.
 *
 * @throws GitFailure
 */
export async function openRepository(platformFile: string): Promise<Repository> {
  const folder = dirname(platformFile);
  const prefix = (await git(folder, ['rev-parse', '--show-prefix'])).toString().replace(/\n$/, '');
  const commitOf = async (revision: string) => {
    const found = await git(folder, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    ]).catch((error: unknown) => {
      if (!(error instanceof GitFailure) || !error.isUsage) throw error;
      throw new GitFailure(
        `there is no commit '${revision}' in this repository`,
        'name a branch, a tag or a commit; a shallow clone may not have it: fetch it first',
        true,
      );
    });
    return found.toString().trim();
  };
  return {
    open: async (revision) => {
      const commit = await commitOf(revision);
      return { commit, read: (path) => readFile(folder, commit, prefix + path) };
    },
    mergeBase: async (a, b) => {
      const [left, right] = [await commitOf(a), await commitOf(b)];
      const base = await git(folder, ['merge-base', left, right]).catch(() => {
        throw new GitFailure(
          `'${a}' and '${b}' have no commit in common here`,
          'fetch the history of both (a shallow clone lacks it), or write the two with .. between them',
          true,
        );
      });
      return base.toString().trim();
    },
  };
}

async function readFile(folder: string, commit: string, path: string): Promise<Uint8Array | undefined> {
  if (path.split('/').includes('..')) return undefined;
  const listing = await git(folder, ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', commit, '--', path]);
  const [, mode, object] = /^(\d{6}) blob ([0-9a-f]+)\t/.exec(listing.toString()) ?? [];
  if (object === undefined || (mode !== '100644' && mode !== '100755')) return undefined;
  const size = Number((await git(folder, ['cat-file', '-s', object])).toString());
  const most = limits.bytes + 1;
  if (size > 64 * most)
    throw new GitFailure(`${basename(path)} of ${commit.slice(0, 7)} is too large`, 'make it smaller');
  return (await git(folder, ['cat-file', 'blob', object])).subarray(0, most);
}

/** Long enough for a slow disk; nothing of this reaches a network. */
const timeoutMs = 30_000;

function git(folder: string, args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      env: environment(),
      encoding: 'buffer',
      maxBuffer: 2 ** 28,
      timeout: timeoutMs,
    } as const;
    execFile('git', ['--no-pager', ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(failureOf(error, stderr.toString().trim()));
    });
  });
}

function failureOf(error: Error & { readonly code?: unknown }, said: string): GitFailure {
  if (error.code === 'ENOENT')
    return new GitFailure('git cannot be started', 'install git, and run in the folder of the clone');
  if (/not a git repository/i.test(said))
    return new GitFailure(
      'the platform file is in no Git repository',
      'run in a clone, or name two environments or a folder',
      true,
    );
  if (/dubious ownership/i.test(said))
    return new GitFailure('the clone belongs to another user', 'git config --global --add safe.directory "$PWD"');
  const first = said.split('\n')[0] ?? '';
  return new GitFailure(
    `git says: ${first === '' ? error.message : first}`,
    'see what git says in this folder',
    typeof error.code === 'number',
  );
}

/** A hook or a surrounding git command may have set where the repository is; here the folder of the file says it. */
function environment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}
