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
  /**
   * Where exactly the entry at `pointer` stands, for a change to the text. Undefined when it is not in the file, when an
   * alias leads there, or when an anchor makes its text count at several places.
   */
  entry(pointer: Pointer): Entry | undefined;
  /** Offsets → range. */
  range(start: number, end: number): Range;
  /** The source text of the scalar at `pointer`, without quotes; undefined when there is none. */
  written(pointer: Pointer): string | undefined;
}

/** A key with its value, or an item of a list, by offsets into the text. */
export interface Entry {
  /** Of an item: its value. */
  readonly key: { readonly start: number; readonly end: number };
  /** Where nothing is written, both are the same offset. */
  readonly value: { readonly start: number; readonly end: number };
  readonly kind: 'map' | 'list' | 'scalar';
  /** What it is a member of. */
  readonly parent: 'map' | 'list';
  /** Whether the map or list around it is written in brackets. */
  readonly inBrackets: boolean;
  /** What to cut out to remove it and nothing else; undefined when that cannot be done. */
  readonly removal: { readonly start: number; readonly end: number } | undefined;
  /** The keys beside it, itself included; the indexes of a list. */
  readonly siblings: readonly string[];
}
