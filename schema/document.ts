/** The file as it was written: values for the checks, places for the messages. Made by `compiler/read`. */
import type { Pointer, Range } from './diagnostic.ts';

/** A value of the file. Maps have no prototype, so a key such as `__proto__` is only a key. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

export interface Document {
  /** Path as the user gave it; it is printed before every place. */
  readonly file: string;
  /** The decoded text, without a byte order mark. */
  readonly text: string;
  /** The top map. */
  readonly tree: { readonly [key: string]: Value };
  /**
   * Where the key or the value at `pointer` stands. A pointer to something that is not in the file (a default, a missing
   * key) gives the nearest parent that is. The whole file is the first key of the top map.
   */
  locate(pointer: Pointer, at?: 'key' | 'value'): Range;
  /** The source text of the scalar at `pointer`, without quotes; undefined when there is none. */
  written(pointer: Pointer): string | undefined;
}
