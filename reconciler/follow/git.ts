import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, fail, ok, type Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Source, SourceRevision } from '../ports/source.ts';
import { createClosedGit, type GitAnswer } from './closed-git.ts';
import { judgeGit } from './git-failure.ts';
import { Interrupted, MirrorDamaged, mirrorRef, openMirror } from './mirror.ts';
import { parseRemote, type Remote, withoutUserInfo } from './remote-url.ts';
import { openSeen } from './seen.ts';

export interface GitSourceOptions {
  /** `https://…`, `ssh://git@…` or `git@host:owner/name`. */
  readonly url: string;
  readonly branch: string;
  /** Path of the file in the repository: `autogit.yaml`. */
  readonly path: string;
  /** Folder for the mirror, made when missing; it can be removed at any time while nothing runs. */
  readonly directory: string;
  /** For https. The user name matters to few servers; default `oauth2`. */
  readonly credentials?: { readonly user?: string; readonly token: () => Promise<Result<Secret>> };
  readonly knownHosts?: string;
  readonly identity?: string;
  readonly caFile?: string;
  readonly clock: Clock;
  readonly log: Log;
  /** `http://` to other machines than this one; what is deployed and the token can then be changed and read on the way. */
  readonly allowPlainHttp?: boolean;
  /** For tests. */
  readonly allowFileProtocol?: boolean;
}

const listDeadlineMs = 60_000;
const fetchDeadlineMs = 10 * 60_000;
const rebuildPauseMs = 60_000;

/**
 * Follows one branch of a repository through a bare mirror. There is no work tree, and only one file is read, by its
 * object id. `head` makes one small request when nothing changed. Every failure leaves the last good revision with the
 * caller: none of them means "nothing is desired".
 */
export function createGitSource(options: GitSourceOptions): Source {
  const { branch, clock, directory, log } = options;
  const remote = parseRemote(options.url, options);
  const name = remote.ok ? remote.value.url : withoutUserInfo(options.url);
  const mirrorPath = join(directory, 'mirror.git');
  const seen = openSeen(join(directory, 'seen.json'), `${name} ${branch}`);
  let git: ReturnType<typeof createClosedGit> | undefined;
  /** What the commit with this id holds, good or bad: a commit never changes. */
  let known: { readonly id: string; readonly result: Result<SourceRevision> } | undefined;
  let pause: { readonly untilMs: number; readonly failure: Failure } | undefined;
  let branchIsNamed = false;
  let rebuildFailedAt: number | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function follow(target: Remote, signal: AbortSignal): Promise<Result<SourceRevision>> {
    if (pause !== undefined && clock.now() < pause.untilMs) return { ok: false, failure: pause.failure };
    const listed = await list(target, signal);
    if (!listed.ok) return noted(listed);
    if (known?.id === listed.value) return known.result;
    const result = await obtain(target, listed.value, signal);
    return noted(result);
  }

  function noted<T>(result: Result<T>): Result<T> {
    pause =
      !result.ok && result.failure.kind === 'rate-limited'
        ? { untilMs: result.failure.untilMs, failure: result.failure }
        : undefined;
    return result;
  }

  async function checkBranch(ref: string, signal: AbortSignal): Promise<Result<void>> {
    if (branchIsNamed) return ok(undefined);
    const answer = await call(['check-ref-format', ref], { signal, deadlineMs: listDeadlineMs });
    if (answer.kind !== 'ok' && answer.kind !== 'exit') return unanswered(answer, signal);
    if (branch.startsWith('-') || answer.kind === 'exit') {
      return fail('rejected', `"${branch}" cannot be the name of a branch; correct gitops.branch`);
    }
    branchIsNamed = true;
    return ok(undefined);
  }

  /** The commit that the branch points to on the server. */
  async function list(target: Remote, signal: AbortSignal): Promise<Result<string>> {
    const ref = `refs/heads/${branch}`;
    const named = await checkBranch(ref, signal);
    if (!named.ok) return named;
    const answer = await reach(['ls-remote', '--', target.url, ref], { signal, deadlineMs: listDeadlineMs });
    if (!answer.ok) return answer;
    if (answer.value.kind !== 'ok') return unanswered(answer.value, signal);
    const id = findRef(answer.value.bytes.toString('utf8'), ref);
    return id === undefined ? explainAbsence(target, signal) : ok(id);
  }

  /** The server answered and has no such branch. Never an empty wish. */
  async function explainAbsence(target: Remote, signal: AbortSignal): Promise<Result<string>> {
    const answer = await reach(['ls-remote', '--heads', '--', target.url], { signal, deadlineMs: listDeadlineMs });
    if (!answer.ok) return answer;
    if (answer.value.kind !== 'ok') return unanswered(answer.value, signal);
    const branches = [...answer.value.bytes.toString('utf8').matchAll(/\trefs\/heads\/(\S+)$/gm)].map(
      ([, found]) => found ?? '',
    );
    if (branches.length === 0)
      return fail('not-found', `${name} has no commits yet; push one with ${options.path} to the branch "${branch}"`);
    const some = branches.slice(0, 5).join(', ');
    return fail(
      'not-found',
      `${name} has no branch "${branch}" (it has ${some}${branches.length > 5 ? ', …' : ''}); push the branch again or name another one`,
    );
  }

  /** Reads the commit, from the mirror as it is, after a fetch, or from a new mirror when this one is damaged. */
  async function obtain(target: Remote, id: string, signal: AbortSignal): Promise<Result<SourceRevision>> {
    try {
      if (existsSync(mirrorPath)) {
        const fetched = (await holds(id, signal)) ? ok(undefined) : await fetchInto(mirrorPath, target, signal);
        return fetched.ok ? await read(mirrorPath, signal) : fetched;
      }
      return await rebuild(target, id, signal);
    } catch (error) {
      if (error instanceof Interrupted) return unanswered(error.answer, signal);
      if (!(error instanceof MirrorDamaged)) throw error;
      return restart(target, id, error, signal);
    }
  }

  async function restart(
    target: Remote,
    id: string,
    damage: MirrorDamaged,
    signal: AbortSignal,
  ): Promise<Result<SourceRevision>> {
    const broken = fail(
      'rejected',
      `the mirror of ${name} in ${mirrorPath} cannot be used (${damage.message}); remove that folder if this does not end by itself`,
    );
    if (rebuildFailedAt !== undefined && clock.monotonic() - rebuildFailedAt < rebuildPauseMs) return broken;
    log.warn('git.mirror.damaged', { detail: damage.message });
    try {
      const result = await rebuild(target, id, signal);
      rebuildFailedAt = result.ok ? undefined : clock.monotonic();
      return result;
    } catch (error) {
      if (error instanceof Interrupted) return unanswered(error.answer, signal);
      if (!(error instanceof MirrorDamaged)) throw error;
      rebuildFailedAt = clock.monotonic();
      return broken;
    }
  }

  /** A mirror in a new folder takes the old one's place only after the commit was read from it. */
  async function rebuild(target: Remote, id: string, signal: AbortSignal): Promise<Result<SourceRevision>> {
    const fresh = join(directory, 'mirror.new');
    const old = join(directory, 'mirror.old');
    for (const path of [fresh, old]) rmSync(path, { recursive: true, force: true });
    const made = await call(
      ['init', '--bare', '--quiet', `--object-format=${id.length === 64 ? 'sha256' : 'sha1'}`, '--', fresh],
      { signal, deadlineMs: listDeadlineMs },
    );
    if (made.kind !== 'ok')
      return made.kind === 'exit'
        ? fail('rejected', `no mirror could be made in ${directory} (${made.said}); check the state folder`)
        : unanswered(made, signal);
    const fetched = await fetchInto(fresh, target, signal);
    if (!fetched.ok) return fetched;
    const result = await read(fresh, signal);
    if (existsSync(mirrorPath)) renameSync(mirrorPath, old);
    renameSync(fresh, mirrorPath);
    rmSync(old, { recursive: true, force: true });
    return result;
  }

  async function holds(id: string, signal: AbortSignal): Promise<boolean> {
    const answer = await call(['rev-parse', '--verify', '--quiet', '--end-of-options', `${mirrorRef}^{commit}`], {
      mirror: mirrorPath,
      signal,
      deadlineMs: listDeadlineMs,
    });
    return answer.kind === 'ok' && answer.bytes.toString('utf8').trim() === id;
  }

  /** One ref, no tags, no submodules. Throws `MirrorDamaged` for a fault that is not the server's. */
  async function fetchInto(mirror: string, target: Remote, signal: AbortSignal): Promise<Result<void>> {
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
    const answer = await reach([...args, '--', target.url, `+refs/heads/${branch}:${mirrorRef}`], {
      mirror,
      signal,
      deadlineMs: fetchDeadlineMs,
    });
    if (!answer.ok) return answer;
    if (answer.value.kind !== 'ok') return unanswered(answer.value, signal);
    log.debug('git.fetched', { ms: Math.round(clock.monotonic() - started) });
    return ok(undefined);
  }

  async function read(path: string, signal: AbortSignal): Promise<Result<SourceRevision>> {
    const mirror = openMirror((args, inner) => call(args, { ...inner, deadlineMs: listDeadlineMs }), path, signal);
    const id = await mirror.head();
    const text = await mirror.read(id, options.path);
    if (!text.ok) {
      known = { id, result: text };
      return text;
    }
    const before = seen.get();
    const rewritten =
      before === undefined
        ? false
        : before.revision === id
          ? before.rewritten
          : !(await mirror.contains(id, before.revision));
    const result = ok({ revision: id, branch, ...(await mirror.describe(id)), rewritten, text: text.value });
    if (before?.revision !== id) {
      if (rewritten) log.warn('git.rewritten', { revision: id, before: before?.revision });
      seen.set({ revision: id, rewritten });
    }
    known = { id, result };
    return result;
  }

  interface CallOptions {
    readonly mirror?: string;
    readonly signal: AbortSignal;
    readonly deadlineMs: number;
  }

  /** A call that talks to the server: with the token, and its failures judged. */
  async function reach(
    args: readonly string[],
    how: CallOptions,
  ): Promise<Result<Exclude<GitAnswer, { kind: 'exit' }>>> {
    const token = remote.ok && /^https?$/.test(remote.value.protocol) ? await options.credentials?.token() : undefined;
    if (token !== undefined && !token.ok) return token;
    const login = token === undefined ? undefined : { user: options.credentials?.user ?? 'oauth2', token: token.value };
    const answer = await call(args, { ...how, ...(login === undefined ? {} : { login }) });
    if (answer.kind !== 'exit') return ok(answer);
    const fault = judgeGit(answer.said, name, clock);
    if (fault.kind === 'remote') return { ok: false, failure: fault.failure };
    if (how.mirror === undefined)
      return fail('unreachable', `${name}: ${fault.said}; check the address and the server`);
    throw new MirrorDamaged(fault.said);
  }

  async function call(
    args: readonly string[],
    how: CallOptions & { readonly login?: { readonly user: string; readonly token: Secret } },
  ): Promise<GitAnswer> {
    git ??= createClosedGit({ ...options, ...(remote.ok ? { remote: remote.value } : {}) });
    const { deadlineMs, signal, ...rest } = how;
    const done = new AbortController();
    const late = new AbortController();
    void clock.sleep(deadlineMs, done.signal).then(() => late.abort());
    try {
      return await git(args, { ...rest, signal: AbortSignal.any([signal, late.signal]) });
    } finally {
      done.abort();
    }
  }

  function unanswered(answer: GitAnswer, signal: AbortSignal): { readonly ok: false; readonly failure: Failure } {
    if (signal.aborted) return fail('cancelled', `reading ${name} was stopped`);
    if (answer.kind === 'no-git')
      return fail('rejected', `git could not be run (${answer.said}); check that git is installed`);
    return fail('timeout', `${name} did not answer in time; check the server and the network`);
  }

  return {
    name,
    async head(signal) {
      if (!remote.ok) return remote;
      const turn = last.then(() =>
        signal.aborted
          ? fail('cancelled', `reading ${name} was stopped`)
          : inFolder(directory, () => follow(remote.value, signal)),
      );
      last = turn.catch(() => undefined);
      return turn;
    },
    watch: () => Promise.resolve(),
  };
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

/** `<id>\t<ref>` lines of `git ls-remote`; a pattern also matches the end of longer refs. */
function findRef(listing: string, ref: string): string | undefined {
  const line = listing
    .split('\n')
    .find((candidate) => candidate.endsWith(`\t${ref}`) && candidate.split('\t').length === 2);
  const id = line?.split('\t')[0];
  return id !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id) ? id : undefined;
}
