import { type Failure, fail, ok, type Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';
import type { Clock } from '../ports/clock.ts';
import { type ClosedGit, createClosedGit, type GitAnswer, type GitCall } from './closed-git.ts';
import { judgeGit } from './git-failure.ts';
import { MirrorDamaged } from './mirror.ts';
import type { Remote } from './remote-url.ts';

export interface GitCallsOptions {
  readonly remote: Remote;
  /** Folder for the mirror, made when missing; it can be removed at any time while nothing runs. */
  readonly directory: string;
  /** For https. The user name matters to few servers; default `oauth2`. */
  readonly credentials?: { readonly user?: string; readonly token: () => Promise<Result<Secret>> };
  /** As in `ClosedGitOptions`. */
  readonly knownHosts?: string;
  readonly identity?: string;
  readonly caFile?: string;
  readonly clock: Clock;
}

interface CallOptions {
  readonly mirror?: string;
  readonly signal: AbortSignal;
  /** Default: that of a small call. */
  readonly deadlineMs?: number;
}

/** Calls of git for one repository, each with a time limit. */
export interface GitCalls {
  readonly remote: Remote;
  /** A call on this machine. */
  call(args: readonly string[], how: CallOptions): Promise<GitAnswer>;
  /** A call that talks to the server, with the token. Throws `MirrorDamaged` for a fault that is not the server's. */
  reach(args: readonly string[], how: CallOptions): Promise<Result<Buffer>>;
  /** What it means that a call gave no answer. */
  unanswered(answer: GitAnswer, signal: AbortSignal): { readonly ok: false; readonly failure: Failure };
}

const smallCallMs = 60_000;

/** Prepares the closed environment in `directory`. Throws errors of the file system when that cannot be written. */
export function createGitCalls(options: GitCallsOptions): GitCalls {
  const { remote, credentials, clock } = options;
  const { url: name } = remote;
  let git: ClosedGit | undefined;

  async function run(args: readonly string[], how: CallOptions, login?: GitCall['login']): Promise<GitAnswer> {
    git ??= createClosedGit(options);
    const { deadlineMs = smallCallMs, signal, mirror } = how;
    const done = new AbortController();
    const late = new AbortController();
    void clock.sleep(deadlineMs, done.signal).then(() => late.abort());
    try {
      return await git(args, {
        signal: AbortSignal.any([signal, late.signal]),
        ...(mirror === undefined ? {} : { mirror }),
        ...(login === undefined ? {} : { login }),
      });
    } finally {
      done.abort();
    }
  }

  async function reach(args: readonly string[], how: CallOptions): Promise<Result<Buffer>> {
    const token = /^https?$/.test(remote.protocol) ? await credentials?.token() : undefined;
    if (token !== undefined && !token.ok) return token;
    const login = token === undefined ? undefined : { user: credentials?.user ?? 'oauth2', token: token.value };
    const answer = await run(args, how, login);
    if (answer.kind === 'ok') return ok(answer.bytes);
    if (answer.kind !== 'exit') return unanswered(answer, how.signal);
    const fault = judgeGit(answer.said, name, clock);
    if (fault.kind === 'remote') return { ok: false, failure: fault.failure };
    if (how.mirror === undefined)
      return fail('unreachable', `${name}: ${fault.said}; check the address and the server`);
    throw new MirrorDamaged(fault.said);
  }

  function unanswered(answer: GitAnswer, signal: AbortSignal): { readonly ok: false; readonly failure: Failure } {
    if (signal.aborted) return fail('cancelled', `reading ${name} was stopped`);
    if (answer.kind === 'no-git')
      return fail('rejected', `git could not be run (${answer.said}); check that git is installed`);
    return fail('timeout', `${name} did not answer in time; check the server and the network`);
  }

  return { remote, call: (args, how) => run(args, how), reach, unanswered };
}
