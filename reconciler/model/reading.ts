import type { Failure } from './result.ts';

/**
 * What was read of the world, and whether it can be relied on. A failed read is never an empty world: whoever decides
 * switches over all three kinds, and removes or shrinks nothing on a reading that is not fresh.
 * `at` is the wall clock in milliseconds when `value` was read.
 */
export type Reading<T> =
  | { readonly kind: 'fresh'; readonly value: T; readonly at: number }
  /** The last good value; the newest read failed with `failure`. */
  | { readonly kind: 'stale'; readonly value: T; readonly at: number; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly at: number };
