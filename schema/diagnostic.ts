/**
 * What AutoGit says about a user's file: a code, a place and a next step.
 *
 * Stages report `Finding`s, which point into the file by JSON pointer; `compile` turns each into a `Diagnostic`
 * with a line and a column. A user's mistake is always a value of these types and never an exception.
 */

/** RFC 6901 pointer into `autogit.yaml`, for example `/services/wiki/image`. The whole file is the empty string. */
export type Pointer = string;

export type Severity = 'error' | 'warning';

/** A place in a text. `line` and `column` count from 1, `column` in UTF-16 units; `offset` counts from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Half-open: `end` is the first position after the text. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface Finding {
  /** `AGnnn`, one of `codes.ts`. */
  readonly code: string;
  readonly severity?: Severity;
  readonly pointer: Pointer;
  /** Whether the key at `pointer` or its value is at fault. Default: value. */
  readonly at?: 'key' | 'value';
  /** One sentence, lower case, that names the thing. */
  readonly message: string;
  /** What to do next, one sentence; for example the nearest known name. */
  readonly hint?: string;
  /** Other places that belong to the same mistake. */
  readonly related?: readonly { readonly pointer: Pointer; readonly at?: 'key' | 'value'; readonly message: string }[];
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  readonly file: string;
  readonly range: Range;
  readonly pointer: Pointer;
  readonly related: readonly { readonly file: string; readonly range: Range; readonly message: string }[];
}
