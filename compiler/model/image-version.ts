import { parseImage } from './image-reference.ts';

/**
 * Numbers that the tag of an image begins with: `postgres:17.11-alpine` → [17, 11], `forgejo:v15` → [15]. Undefined for a
 * tag without a version, such as `latest` or the name of a branch.
 */
export function imageVersion(image: string): readonly number[] | undefined {
  const match = /^v?(\d+(?:\.\d+)*)(?=$|[-_+])/.exec(parseImage(image)?.tag ?? '');
  return match?.[1]?.split('.').map(Number);
}

/** Below zero when `a` is older than `b`; a number that one of them does not say decides nothing: 15 and 15.2 are alike. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const step = (a[at] ?? 0) - (b[at] ?? 0);
    if (step !== 0) return step;
  }
  return 0;
}
