import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { lockPathOf } from '../../compiler/model/lock.ts';
import { type Failure, fail, ok, type Result } from '../model/result.ts';
import type { Log } from '../ports/log.ts';
import type { NamedPaths, Source, SourceRevision } from '../ports/source.ts';
import { isPlainPath } from './closed-git.ts';
import { createGitCalls, type GitCallsOptions } from './git-calls.ts';
import { Interrupted, MirrorDamaged, mirrorRef, openMirror } from './mirror.ts';
import { readNamedFiles } from './named-files.ts';
import { createRemoteBranch } from './remote-branch.ts';
import { parseRemote, withoutUserInfo } from './remote-url.ts';
import { openSeen } from './seen.ts';

export interface GitSourceOptions extends Omit<GitCallsOptions, 'remote'> {
  /** `https://…`, `ssh://git@…` or `git@host:owner/name`. */
  readonly url: string;
  readonly branch: string;
  /** Path of the file in the repository: `autogit.yaml`. */
  readonly path: string;
  /** Which other files of the commit are read with it; default: none. */
  readonly named?: NamedPaths;
  readonly log: Log;
  /** `http://` to other machines than this one; what is deployed and the token can then be changed and read on the way. */
  readonly allowPlainHttp?: boolean;
  /** For tests. */
  readonly allowFileProtocol?: boolean;
}

const fetchDeadlineMs = 10 * 60_000;
const rebuildPauseMs = 60_000;

/**
 * Follows one branch of a repository through a bare mirror. There is no work tree; the platform file, its lock and the
 * files that it names are read by their object ids. `head` makes one small request when nothing changed. Every failure leaves the last good revision with the
 * caller: none of them means "nothing is desired".
 */
export function createGitSource(options: GitSourceOptions): Source {
  const { branch, clock, directory, log } = options;
  const remote = parseRemote(options.url, options);
  if (!remote.ok) return unusable(withoutUserInfo(options.url), options.path, remote);
  const { url: name } = remote.value;
  const odd = [options.knownHosts, options.identity, options.caFile].find(
    (path) => path !== undefined && !isPlainPath(path),
  );
  if (odd !== undefined)
    return unusable(
      name,
      options.path,
      fail(
        'rejected',
        `the path "${odd}" is not absolute or holds other characters than letters, digits and _ . / @ + -; name the file by another path`,
      ),
    );
  const calls = createGitCalls({ ...options, remote: remote.value });
  const list = createRemoteBranch(calls, branch, options.path);
  const mirrorPath = join(directory, 'mirror.git');
  const seen = openSeen(join(directory, 'seen.json'), `${name} ${branch}`);
  /** What the commit with this id holds, good or bad: a commit never changes. */
  let known: { readonly id: string; readonly result: Result<SourceRevision> } | undefined;
  let pause: { readonly untilMs: number; readonly failure: Failure } | undefined;
  let rebuildFailedAt: number | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function follow(signal: AbortSignal): Promise<Result<SourceRevision>> {
    if (pause !== undefined && clock.now() < pause.untilMs) return { ok: false, failure: pause.failure };
    const listed = await list(signal);
    if (!listed.ok) return noted(listed);
    if (known?.id === listed.value) return known.result;
    const result = await obtain(listed.value, signal);
    return noted(result);
  }

  function noted<T>(result: Result<T>): Result<T> {
    pause =
      !result.ok && result.failure.kind === 'rate-limited'
        ? { untilMs: result.failure.untilMs, failure: result.failure }
        : undefined;
    return result;
  }

  /** Reads the commit, from the mirror as it is, after a fetch, or from a new mirror when this one is damaged. */
  async function obtain(id: string, signal: AbortSignal): Promise<Result<SourceRevision>> {
    try {
      if (existsSync(mirrorPath)) {
        const fetched = (await holds(id, signal)) ? ok(undefined) : await fetchInto(mirrorPath, signal);
        return fetched.ok ? await read(mirrorPath, signal) : fetched;
      }
      return await rebuild(id, signal);
    } catch (error) {
      if (error instanceof Interrupted) return calls.unanswered(error.answer, signal);
      if (!(error instanceof MirrorDamaged)) throw error;
      return restart(id, error, signal);
    }
  }

  async function restart(id: string, damage: MirrorDamaged, signal: AbortSignal): Promise<Result<SourceRevision>> {
    const broken = fail(
      'rejected',
      `the mirror of ${name} in ${mirrorPath} cannot be used (${damage.message}); remove that folder if this does not end by itself`,
    );
    if (rebuildFailedAt !== undefined && clock.monotonic() - rebuildFailedAt < rebuildPauseMs) return broken;
    log.warn('git.mirror.damaged', { detail: damage.message });
    try {
      const result = await rebuild(id, signal);
      rebuildFailedAt = undefined;
      return result;
    } catch (error) {
      if (error instanceof Interrupted) return calls.unanswered(error.answer, signal);
      if (!(error instanceof MirrorDamaged)) throw error;
      rebuildFailedAt = clock.monotonic();
      return broken;
    }
  }

  /** A mirror in a new folder takes the old one's place only after the commit was read from it. */
  async function rebuild(id: string, signal: AbortSignal): Promise<Result<SourceRevision>> {
    const fresh = join(directory, 'mirror.new');
    const old = join(directory, 'mirror.old');
    for (const path of [fresh, old]) rmSync(path, { recursive: true, force: true });
    const made = await calls.call(
      ['init', '--bare', '--quiet', `--object-format=${id.length === 64 ? 'sha256' : 'sha1'}`, '--', fresh],
      { signal },
    );
    if (made.kind !== 'ok')
      return made.kind === 'exit'
        ? fail('rejected', `no mirror could be made in ${directory} (${made.said}); check the state folder`)
        : calls.unanswered(made, signal);
    const fetched = await fetchInto(fresh, signal);
    if (!fetched.ok) return fetched;
    const result = await read(fresh, signal);
    if (existsSync(mirrorPath)) renameSync(mirrorPath, old);
    renameSync(fresh, mirrorPath);
    rmSync(old, { recursive: true, force: true });
    return result;
  }

  async function holds(id: string, signal: AbortSignal): Promise<boolean> {
    const answer = await calls.call(['rev-parse', '--verify', '--quiet', '--end-of-options', `${mirrorRef}^{commit}`], {
      mirror: mirrorPath,
      signal,
    });
    return answer.kind === 'ok' && answer.bytes.toString('utf8').trim() === id;
  }

  /** One ref, no tags, no submodules. Throws `MirrorDamaged` for a fault that is not the server's. */
  async function fetchInto(mirror: string, signal: AbortSignal): Promise<Result<void>> {
    const started = clock.monotonic();
    const args = [
      'fetch',
      '--progress',
      '--force',
      '--no-tags',
      '--no-recurse-submodules',
      '--no-write-fetch-head',
      '--no-show-forced-updates',
    ];
    const answer = await calls.reach([...args, '--', name, `+refs/heads/${branch}:${mirrorRef}`], {
      mirror,
      signal,
      deadlineMs: fetchDeadlineMs,
    });
    if (!answer.ok) return answer;
    log.debug('git.fetched', { ms: Math.round(clock.monotonic() - started) });
    return ok(undefined);
  }

  async function read(path: string, signal: AbortSignal): Promise<Result<SourceRevision>> {
    const mirror = openMirror((args, inner) => calls.call(args, inner), path, signal);
    const id = await mirror.head();
    const text = await mirror.read(id, options.path);
    if (!text.ok) return remember(id, text);
    const lock = await mirror.readIfThere(id, lockPathOf(options.path));
    if (!lock.ok) return remember(id, lock);
    const beside = (name: string): string => posix.join(posix.dirname(options.path), name);
    const files = await readNamedFiles((await options.named?.(text.value)) ?? [], (name) =>
      mirror.readBytesIfThere(id, beside(name)),
    );
    if (!files.ok) return remember(id, files);
    const before = seen.get();
    const rewritten =
      before === undefined
        ? false
        : before.revision === id
          ? before.rewritten
          : !(await mirror.contains(id, before.revision));
    const result = ok({
      revision: id,
      branch,
      ...(await mirror.describe(id)),
      rewritten,
      text: text.value,
      ...(lock.value === undefined ? {} : { lock: lock.value }),
      ...(files.value === undefined ? {} : { files: files.value }),
    });
    if (before?.revision !== id) {
      if (rewritten) log.warn('git.rewritten', { revision: id, before: before?.revision });
      seen.set({ revision: id, rewritten });
    }
    return remember(id, result);
  }

  function remember(id: string, result: Result<SourceRevision>): Result<SourceRevision> {
    known = { id, result };
    return result;
  }

  return {
    name,
    file: options.path,
    async head(signal) {
      const turn = last.then(() =>
        signal.aborted ? fail('cancelled', `reading ${name} was stopped`) : inFolder(directory, () => follow(signal)),
      );
      last = turn.catch(() => undefined);
      return turn;
    },
    watch: () => Promise.resolve(),
  };
}

/** A source that says the same every time: a mistake of the user's is a value. */
function unusable(name: string, file: string, answer: Result<never>): Source {
  return { name, file, head: () => Promise.resolve(answer), watch: () => Promise.resolve() };
}

/** A state folder that cannot be written is the world failing, not a bug. */
async function inFolder<T>(directory: string, body: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return await body();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    return fail(
      'rejected',
      `the folder ${directory} cannot be used (${code}); make it writable and give its disk free space`,
    );
  }
}
