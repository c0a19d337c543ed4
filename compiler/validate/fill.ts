import type { Value } from '../../schema/document.ts';
import type { Shape } from '../../schema/shape.ts';
import { isMap } from '../model/is-map.ts';
import { settle } from './shape-at.ts';

/**
 * A valid value in its long form with every default of the schema filled in. Maps of ids come out sorted. `fallback` is
 * the default of the whole: for runners `limits: { cpus: 4 }` takes its memory from the default of a pool's limits.
 */
export function fill(value: Value, shape: Shape, fallback?: Value): Value {
  const settled = settle(shape, value);
  if (settled.long !== undefined) return fill({ [settled.long]: value }, shape, fallback);
  if (Array.isArray(value)) return value.map((item) => fill(item, settled.items ?? {}));
  if (!isMap(value)) return value;
  const filled: Record<string, Value> = Object.create(null);
  const { properties, entries } = settled;
  // A map whose content is not of this language: patches and overlays.
  if (properties === undefined && entries === undefined) return value;
  for (const [key, inner] of Object.entries(properties ?? {})) {
    const standing = isMap(fallback) ? fallback[key] : undefined;
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    const chosen = given ?? standing ?? defaultOf(inner);
    if (chosen !== undefined) filled[key] = fill(chosen, inner, standing ?? defaultOf(inner));
  }
  if (entries === undefined) return filled;
  for (const key of Object.keys(value).sort()) filled[key] = fill(value[key] ?? null, entries);
  return filled;
}

function defaultOf(shape: Shape): Value | undefined {
  return shape.default ?? (shape.ref === undefined ? undefined : settle(shape, undefined).default);
}
