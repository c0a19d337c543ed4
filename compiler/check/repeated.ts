/**
 * Each node whose key an earlier node already has, with that earlier one. Nodes without a key are left alone.
 * One pass, so a file of a thousand services costs a thousand steps.
 */
export function repeated<T>(
  nodes: readonly T[],
  keyOf: (node: T) => string | undefined,
): readonly { readonly node: T; readonly first: T }[] {
  const firsts = new Map<string, T>();
  return nodes.flatMap((node) => {
    const key = keyOf(node);
    if (key === undefined) return [];
    const first = firsts.get(key);
    if (first !== undefined) return [{ node, first }];
    firsts.set(key, node);
    return [];
  });
}
