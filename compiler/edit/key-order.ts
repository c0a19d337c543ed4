import { shapes } from '../../schema/shape.generated.mjs';
import type { Shape } from '../../schema/shape.ts';

/** Plain values of a YAML map or list, as far as the order of keys depends on them. */
type Value = unknown;

/** A shape with references followed, and the branch that fits the value and its `use`. */
function settled(shape: Shape, value: Value): Shape {
  if (shape.ref !== undefined) return settled(shapes[shape.ref] ?? {}, value);
  if (shape.branches !== undefined) {
    const branches = shape.branches.map((branch) => settled(branch, value));
    return branches.find((branch) => fits(branch, value)) ?? {};
  }
  if (shape.uses !== undefined && isMap(value)) return settled(shape.uses[String(value.use)] ?? {}, undefined);
  return shape;
}

function fits({ type, uses }: Shape, value: Value): boolean {
  if (type === 'object' || uses !== undefined) return isMap(value);
  return type === 'array' ? Array.isArray(value) : type !== undefined && typeof value === type;
}

function isMap(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function topShape(): Shape {
  return shapes[''] ?? {};
}

/** Keys in the order of the schema; undefined for a map whose keys are ids, which keeps its order. */
export function keyOrder(shape: Shape, value: Value): readonly string[] | undefined {
  const { properties } = settled(shape, value);
  return properties === undefined ? undefined : Object.keys(properties);
}

/** The shape of a member of a map or list. */
export function memberShape(shape: Shape, value: Value, key: string | number): Shape {
  const own = settled(shape, value);
  if (typeof key === 'number') return own.items ?? {};
  return own.properties?.[key] ?? own.entries ?? {};
}
