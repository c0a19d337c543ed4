import type { Finding } from '../../schema/diagnostic.ts';
import type { SchemaError } from '../../schema/validator.generated.mjs';
import type { Spot } from './shape-at.ts';

/** One mistake as the validator tells it, with what stands at its place and what should. */
export interface Mistake {
  readonly error: SchemaError;
  readonly pointer: string;
  readonly keys: readonly string[];
  readonly spot: Spot;
  /** The map that the key at fault is in. */
  readonly parent: Spot;
  /** False when there are so many mistakes that no more hints are worked out. */
  readonly withHint: boolean;
}

/** A finding with what is needed to see that two of them are one mistake. */
export interface Noted extends Finding {
  /** Unknown key: pointer to the key that was most likely meant. */
  readonly means?: string;
  /** Missing key: pointer to where it would be. */
  readonly misses?: string;
}

/** Undefined when another error tells the same. */
export type Sentence = (mistake: Mistake) => Noted | undefined;
