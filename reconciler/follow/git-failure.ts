import type { Failure } from '../model/result.ts';
import type { Clock } from '../ports/clock.ts';

/** What a failed fetch or listing means. `local`: the fault is on this machine, in the mirror. */
export type GitFault =
  | { readonly kind: 'remote'; readonly failure: Failure }
  | { readonly kind: 'local'; readonly said: string };

/**
 * Judges what git wrote to stderr (in English: the environment says `LC_ALL=C`). What it does not know counts as local,
 * and the caller then starts over with a new mirror once.
 * @param name the repository, for the sentence
 */
export function judgeGit(said: string, name: string, clock: Clock): GitFault {
  const line = firstLine(said);
  const remote = (kind: Exclude<Failure['kind'], 'rate-limited'>, next: string): GitFault => ({
    kind: 'remote',
    failure: { kind, detail: `${name}: ${line}; ${next}` },
  });
  if (/No space left on device|Disk quota exceeded/i.test(said)) {
    const detail = `${name} could not be fetched: the disk of the state folder is full; free some space on it`;
    return { kind: 'remote', failure: { kind: 'rejected', detail } };
  }
  if (/returned error: 429|Too Many Requests/i.test(said)) {
    return {
      kind: 'remote',
      failure: {
        kind: 'rate-limited',
        detail: `${name}: too many requests; it is asked again in 60 s`,
        untilMs: clock.now() + 60_000,
      },
    };
  }
  if (/Host key verification failed/i.test(said))
    return remote('unauthorized', 'put the host key of the server into the known hosts file');
  if (
    /Authentication failed|could not read (Username|Password)|Permission denied \(|returned error: 40[13]|Access denied|invalid credentials|not authorized/i.test(
      said,
    )
  ) {
    return remote(
      'unauthorized',
      'give a token or key that may read the repository: AUTOGIT_GIT_TOKEN in the environment, or --ssh-key',
    );
  }
  if (/certificate|SSL|TLS/i.test(said))
    return remote('unreachable', 'check the certificate of the server, or name the certificate of its authority');
  if (/returned error: 3\d\d|redirect/i.test(said))
    return remote('rejected', 'the server sends to another address, which is not followed; use the final address');
  if (
    /returned error: 404|repository '.*' not found|repository .*not found|does not appear to be a git repository|does not exist|Could not find repository/i.test(
      said,
    )
  ) {
    return remote('not-found', 'check the address, and that the token may see the repository');
  }
  if (/transport '.*' not allowed/i.test(said)) return remote('rejected', 'use https or ssh');
  if (/fsck error|index-pack failed: .*fsck|hasDotgit|zeroPaddedFilemode|fullPathname/i.test(said)) {
    return remote(
      'rejected',
      'the repository holds an object that git finds malformed or dangerous; repair its history',
    );
  }
  if (
    /Could not resolve host|Connection refused|timed out|Failed to connect|Couldn't connect|No route to host|Network is unreachable|Connection reset|Connection closed|hung up|early EOF|Recv failure|Empty reply|Operation too slow|returned error: 5\d\d|RPC failed|kex_exchange|Could not read from remote/i.test(
      said,
    )
  ) {
    return remote('unreachable', 'check that the server runs and can be reached from here');
  }
  return { kind: 'local', said: line };
}

/** The sentence that tells most: the `fatal:` one without its mark, else the last; short, one line. */
function firstLine(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(hint|remote: Enumerating|remote: Counting)/.test(line));
  const line =
    lines.find((candidate) => candidate.startsWith('fatal:')) ??
    lines.find((candidate) => candidate.startsWith('error:')) ??
    lines.at(-1) ??
    'git said nothing';
  const text = line
    .replace(/^(fatal|error|remote):\s*/i, '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replace(/\.$/, '');
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
