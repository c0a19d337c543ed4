import type { Pointer } from '../../schema/diagnostic.ts';

/** The pointer to a member of `base`: `pointerTo('/services', 'a/b')` is `/services/a~1b` (RFC 6901 escapes). */
export function pointerTo(base: Pointer, ...keys: readonly (string | number)[]): Pointer {
  let pointer = base;
  for (const key of keys) pointer += `/${typeof key === 'number' ? key : escaped(key)}`;
  return pointer;
}

/** Nearly every key is free of both characters. */
function escaped(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;
}
