/** Order that no locale changes: by UTF-16 unit, as `<` compares. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A sorted copy; nodes with the same id keep their order. */
export function sortedById<T extends { readonly id: string }>(nodes: readonly T[]): readonly T[] {
  return [...nodes].sort((a, b) => compareText(a.id, b.id));
}
