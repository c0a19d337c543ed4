import type { Value } from './document.ts';

/** One place of the language, as `compiler/validate` sees it at run time. */
export interface Shape {
  /** Name of a shared shape. */
  readonly ref?: string;
  /** What the value is, for messages: `quantity`, `duration`, `path`. */
  readonly kind?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  /** The only values that there are. */
  readonly known?: readonly (string | number | boolean)[];
  readonly default?: Value;
  /** The least and the most that a number may be. */
  readonly range?: readonly number[];
  /** What one could write there. */
  readonly example?: Value;
  readonly required?: readonly string[];
  readonly exactlyOne?: readonly string[];
  /** A value of this branch means `{ [long]: value }`. */
  readonly long?: string;
  readonly properties?: { readonly [key: string]: Shape };
  /** Every value of a map whose keys are ids. */
  readonly entries?: Shape;
  /** Every key of such a map. */
  readonly names?: Shape;
  readonly items?: Shape;
  /** The value is one of these, told apart by type. */
  readonly branches?: readonly Shape[];
  /** The value is a map, told apart by `use`. */
  readonly uses?: { readonly [use: string]: Shape };
}
