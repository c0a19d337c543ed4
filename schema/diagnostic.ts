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

/**
 * One change to the file by pointer, for example `/services/wiki/prot`. Comments, quotes and everything beside it stay.
 * It is left out where the text at the pointer is shared by an anchor, since another place would change with it.
 */
export type Edit =
  /** The key at the pointer gets another name. */
  | { readonly kind: 'rename-key'; readonly pointer: Pointer; readonly to: string }
  /** The value at the pointer becomes another one, written on one line. */
  | { readonly kind: 'replace-value'; readonly pointer: Pointer; readonly value: PlainValue }
  /** The value at the pointer becomes text: exactly what is written there, in quotes. */
  | { readonly kind: 'quote'; readonly pointer: Pointer }
  /** The key with its value, or the list item, goes. */
  | { readonly kind: 'remove'; readonly pointer: Pointer };

/** What a fix can write. */
export type PlainValue = boolean | number | string | readonly PlainValue[] | { readonly [key: string]: PlainValue };

/** How a mistake is mended. Only there when no other meaning is likely: `autogit validate --fix` asks nobody. */
export interface Fix {
  /** What it does, as an order in lower case: `write \`port\``. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** `range` of the text becomes `text`. An empty range inserts. */
export interface TextEdit {
  readonly range: Range;
  readonly text: string;
}

export interface Finding {
  /** `AGnnn`, one of `codes.ts`. */
  readonly code: string;
  readonly severity?: Severity;
  /** True of an error that the file may live with: `accept` lifts it, as it does warnings and limits of a target. */
  readonly acceptable?: true;
  readonly pointer: Pointer;
  /** Whether the key at `pointer` or its value is at fault. Default: value. */
  readonly at?: 'key' | 'value';
  /** One sentence, lower case, that names the thing. */
  readonly message: string;
  /** What to do next, one sentence; for example the nearest known name. */
  readonly hint?: string;
  readonly fix?: Fix;
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
  /** All edits belong together; they do not overlap and are sorted by place. */
  readonly fix?: { readonly title: string; readonly edits: readonly TextEdit[] };
  readonly related: readonly { readonly file: string; readonly range: Range; readonly message: string }[];
}
