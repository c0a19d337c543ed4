import type { Value } from '../../schema/document.ts';
import { shapes } from '../../schema/shape.generated.mjs';
import type { Shape } from '../../schema/shape.ts';
import { isMap } from '../model/is-map.ts';

/** The shape of the whole file. */
export function topShape(): Shape {
  return shapes[''] ?? {};
}

/** A shape without its indirections: references followed, and the branch that fits the value's type and its `use`. */
export function settle(shape: Shape, value: Value | undefined): Shape {
  if (shape.ref !== undefined) {
    const { ref, ...beside } = shape;
    return settle({ ...shapes[ref], ...beside }, value);
  }
  if (shape.branches !== undefined) {
    const fitting = shape.branches.map((branch) => settle(branch, value)).find((branch) => accepts(branch, value));
    return fitting ?? shape;
  }
  if (shape.uses !== undefined && isMap(value)) {
    const { use } = value;
    const known = typeof use === 'string' && Object.hasOwn(shape.uses, use) ? shape.uses[use] : undefined;
    return known === undefined ? shape : settle(known, undefined);
  }
  return shape;
}

function accepts(shape: Shape, value: Value | undefined): boolean {
  const { type } = shape;
  if (shape.uses !== undefined || type === 'object') return isMap(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return typeof value === 'number';
  return type === undefined || typeof value === type;
}

/** What stands at the end of a path of keys, and what should. `shape` is as the language writes it, not settled. */
export interface Spot {
  readonly shape: Shape;
  readonly value: Value | undefined;
}

export function spotAt(tree: Value, keys: readonly string[]): Spot {
  let spot: Spot = { shape: topShape(), value: tree };
  for (const key of keys) spot = child(spot, key);
  return spot;
}

function child({ shape, value }: Spot, key: string): Spot {
  const settled = settle(shape, value);
  if (Array.isArray(value)) return { shape: settled.items ?? {}, value: value[Number(key)] };
  const inner = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return { shape: settled.properties?.[key] ?? settled.entries ?? {}, value: inner };
}

/** RFC 6901: `/a~1b/0` → [`a/b`, `0`]. */
export function keysOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
