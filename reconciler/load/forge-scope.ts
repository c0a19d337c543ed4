import { fail, ok, type Result } from '../model/result.ts';
import type { ForgeClient } from './forge-client.ts';
import { isUnknownToken } from './forge-failure.ts';

/** Whose jobs and runners: the whole instance, an organisation, one repository, or the token's own user. */
export type ForgeScope =
  | { readonly kind: 'admin' }
  | { readonly kind: 'org'; readonly org: string }
  | { readonly kind: 'repo'; readonly owner: string; readonly name: string }
  | { readonly kind: 'user' };

export interface ScopeChoice {
  /** Fixed by configuration; without it the widest that the token can read is used. */
  readonly scope?: ForgeScope;
  /** The repository that is followed; its owner is the second choice after the instance. */
  readonly repository?: { readonly owner: string; readonly name: string };
}

/** `/api/v1/admin`, `/api/v1/orgs/ci` …: what the routes of jobs and runners begin with. */
export function scopePath(scope: ForgeScope): string {
  switch (scope.kind) {
    case 'admin':
      return '/api/v1/admin';
    case 'org':
      return `/api/v1/orgs/${encodeURIComponent(scope.org)}`;
    case 'repo':
      return `/api/v1/repos/${encodeURIComponent(scope.owner)}/${encodeURIComponent(scope.name)}`;
    case 'user':
      return '/api/v1/user';
  }
}

/** For messages: `of organisation ci`. */
export function scopeInWords(scope: ForgeScope): string {
  switch (scope.kind) {
    case 'admin':
      return 'of the instance';
    case 'org':
      return `of organisation ${scope.org}`;
    case 'repo':
      return `of repository ${scope.owner}/${scope.name}`;
    case 'user':
      return 'of the user';
  }
}

export interface ScopeFinder {
  find(signal: AbortSignal): Promise<Result<ForgeScope>>;
  /** The scope found was refused: it is looked for again at the next call. */
  forget(): void;
}

/**
 * Finds the widest scope that the token can read, once. `probe`: route below the scope that only needs read rights.
 * A token that can read none is answered with what the widest would need.
 */
export function createScopeFinder(client: ForgeClient, choice: ScopeChoice, probe: string): ScopeFinder {
  const candidates = choice.scope === undefined ? candidatesOf(choice) : [choice.scope];
  let found: ForgeScope | undefined = choice.scope;

  async function find(signal: AbortSignal): Promise<Result<ForgeScope>> {
    if (found !== undefined) return ok(found);
    const refusals: string[] = [];
    for (const scope of candidates) {
      const what = `the job queue ${scopeInWords(scope)}`;
      const answer = await client.call({ method: 'GET', path: `${scopePath(scope)}${probe}`, what }, signal);
      if (answer.ok) {
        found = scope;
        return ok(scope);
      }
      const { failure } = answer;
      if (isUnknownToken(failure) || (failure.kind !== 'unauthorized' && failure.kind !== 'not-found')) return answer;
      refusals.push(failure.detail);
    }
    // Without a token each scope is refused with the same words.
    return fail('unauthorized', [...new Set(refusals)].join('; nor is a narrower one enough: '));
  }

  const forget = (): void => {
    found = choice.scope;
  };
  return { find, forget };
}

/** A refused scope is looked for again the next time: the token may have been changed. */
export async function inScope<T>(
  scopes: ScopeFinder,
  signal: AbortSignal,
  work: (scope: ForgeScope) => Promise<Result<T>>,
): Promise<Result<T>> {
  const scope = await scopes.find(signal);
  if (!scope.ok) return scope;
  const result = await work(scope.value);
  if (!result.ok && (result.failure.kind === 'unauthorized' || result.failure.kind === 'not-found')) scopes.forget();
  return result;
}

function candidatesOf({ repository }: ScopeChoice): readonly ForgeScope[] {
  if (repository === undefined) return [{ kind: 'admin' }, { kind: 'user' }];
  const { owner, name } = repository;
  return [{ kind: 'admin' }, { kind: 'org', org: owner }, { kind: 'repo', owner, name }];
}
