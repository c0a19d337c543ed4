/**
 * The known name that a mistyped one most likely means, or undefined when none is near: at most one mistake in three
 * characters and three in all, counted as insertions, deletions, substitutions and swaps of neighbours. Ties go to the first in order.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const allowed = Math.min(3, Math.max(1, Math.floor(name.length / 3)));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of [...known].sort()) {
    const distance = editDistance(name, candidate);
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name;
}

/**
 * Whether `near` is certainly what was meant by `name`: one mistake, or two in a longer word, and no other known name as
 * near as that; after two mistakes, none nearly so.
 */
export function isOnlyNear(name: string, near: string, known: readonly string[]): boolean {
  const distance = editDistance(name, near);
  if (name.length < 3 || distance > 2 || distance * 3 > name.length) return false;
  const apart = distance === 1 ? 1 : 3;
  return known.every((other) => other === near || editDistance(name, other) > apart);
}

/** Optimal string alignment distance (Damerau–Levenshtein without overlapping swaps). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
