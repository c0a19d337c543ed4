import type { Manifest } from '../compiler/model/target.ts';

/**
 * The target that all files of a folder are for, when nothing of it is rendered now: `compose` or `kubernetes`.
 *
 * @param present paths of the files that lie in the folder, as the ownership index calls them
 */
export function otherTarget(present: Iterable<string>, manifests: readonly Manifest[]): string | undefined {
  const rendered = targetsOf(manifests.map(({ path }) => path));
  const [target, ...more] = targetsOf(present);
  return target === undefined || more.length > 0 || rendered.has(target) ? undefined : target;
}

function targetsOf(paths: Iterable<string>): ReadonlySet<string> {
  return new Set(Array.from(paths, (path) => path.split('/')[0] ?? ''));
}
