import type { Pool } from '../../compiler/model/platform.ts';

/** A pool, and how many more jobs it may be charged with while one snapshot is decided. */
export interface Place {
  readonly pool: Pool;
  room: number;
}

/**
 * Finds the pools for a list of labels, each distinct list once: a tree with one level per label, so that ten thousand
 * jobs cost one look-up per label each, and no text is put together for a key.
 */
export interface LabelNode<P extends Place> {
  /** Those whose pool has all labels on the way from the root, in the order in which they are to be charged. */
  readonly places: readonly P[];
  /** All places before this one are full. */
  first: number;
  readonly children: Map<string, LabelNode<P>>;
}

/** The root: no labels, all places. */
export function labelTree<P extends Place>(places: readonly P[]): LabelNode<P> {
  return { places, first: 0, children: new Map() };
}

/** The node for these labels (exact, case-sensitive). */
export function nodeFor<P extends Place>(root: LabelNode<P>, labels: readonly string[]): LabelNode<P> {
  let node = root;
  for (const label of labels) {
    let child = node.children.get(label);
    if (child === undefined) {
      child = labelTree(node.places.filter(({ pool }) => pool.labels.includes(label)));
      node.children.set(label, child);
    }
    node = child;
  }
  return node;
}

/** Charges the first place with room; undefined when all are full. Room only shrinks, so that full ones are passed once. */
export function takePlace<P extends Place>(node: LabelNode<P>): P | undefined {
  let place = node.places[node.first];
  while (place !== undefined && place.room <= 0) {
    node.first += 1;
    place = node.places[node.first];
  }
  if (place !== undefined) place.room -= 1;
  return place;
}
