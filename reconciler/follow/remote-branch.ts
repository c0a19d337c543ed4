import { fail, ok, type Result } from '../model/result.ts';
import type { GitCalls } from './git-calls.ts';

/**
 * Asks the server which commit a branch points to. A branch that is not there is a failure that says what is, never an
 * empty answer.
 * @param path of the file that is followed, for the sentence
 */
export function createRemoteBranch(
  calls: GitCalls,
  branch: string,
  path: string,
): (signal: AbortSignal) => Promise<Result<string>> {
  const { url } = calls.remote;
  const ref = `refs/heads/${branch}`;
  let isChecked = false;

  async function checkName(signal: AbortSignal): Promise<Result<void>> {
    if (isChecked) return ok(undefined);
    const answer = await calls.call(['check-ref-format', ref], { signal });
    if (answer.kind !== 'ok' && answer.kind !== 'exit') return calls.unanswered(answer, signal);
    if (branch.startsWith('-') || answer.kind === 'exit') {
      return fail('rejected', `"${branch}" cannot be the name of a branch; correct gitops.branch`);
    }
    isChecked = true;
    return ok(undefined);
  }

  async function explainAbsence(signal: AbortSignal): Promise<Result<string>> {
    const answer = await calls.reach(['ls-remote', '--heads', '--', url], { signal });
    if (!answer.ok) return answer;
    const listing = answer.value.toString('utf8');
    const branches = [...listing.matchAll(/\trefs\/heads\/(\S+)$/gm)].map(([, found]) => found ?? '');
    if (branches.length === 0)
      return fail('not-found', `${url} has no commits yet; push one with ${path} to the branch "${branch}"`);
    const some = `${branches.slice(0, 5).join(', ')}${branches.length > 5 ? ', …' : ''}`;
    return fail(
      'not-found',
      `${url} has no branch "${branch}" (it has ${some}); push the branch again or name another one`,
    );
  }

  return async (signal) => {
    const named = await checkName(signal);
    if (!named.ok) return named;
    const answer = await calls.reach(['ls-remote', '--', url, ref], { signal });
    if (!answer.ok) return answer;
    const id = findRef(answer.value.toString('utf8'), ref);
    return id === undefined ? explainAbsence(signal) : ok(id);
  };
}

/** `<id>\t<ref>` lines of `git ls-remote`; a pattern also matches the end of longer refs. */
function findRef(listing: string, ref: string): string | undefined {
  const line = listing
    .split('\n')
    .find((candidate) => candidate.endsWith(`\t${ref}`) && candidate.split('\t').length === 2);
  const id = line?.split('\t')[0];
  return id !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id) ? id : undefined;
}
