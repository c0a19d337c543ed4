import type { Pointer } from '../../schema/diagnostic.ts';

/** The pointer to a member of `base`: `pointerTo('/services', 'a/b')` is `/services/a~1b` (RFC 6901 escapes). */
export function pointerTo(base: Pointer, ...keys: readonly (string | number)[]): Pointer {
  return [base, ...keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
}
