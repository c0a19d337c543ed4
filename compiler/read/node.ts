import type { Value } from '../../schema/document.ts';

/** A value with its place. `start` and `end` are offsets into the text, `end` the first one after it. */
export interface Node {
  readonly kind: 'map' | 'list' | 'scalar';
  readonly value: Value;
  readonly start: number;
  readonly end: number;
  /** Children of a map by key, of a list by index. */
  readonly slots: ReadonlyMap<string, Slot>;
  /** Number of values in it with every alias written out, itself included. */
  readonly size: number;
  /** Levels of maps and lists in it, itself included. */
  readonly height: number;
}

/** A child and where it is used: `start` and `end` are those of the alias when it is one. */
export interface Slot {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
  readonly node: Node;
}

/** A mistake in the text, by offsets. */
export interface Mistake {
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint?: string;
  readonly fix?: TextFix;
  readonly related?: readonly { readonly start: number; readonly end: number; readonly message: string }[];
}

/** How a mistake in the text is mended, by offsets. */
export interface TextFix {
  readonly title: string;
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
}
