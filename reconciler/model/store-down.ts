/**
 * Thrown by a `Store` that can no longer be relied on, and by opening one. Whoever catches it stops all writes to
 * engines and ends the process with exit code 69: a row whose commit failed may still be there, so the world is
 * observed anew by the next process. The message names the folder and the next step.
 */
export class StoreDown extends Error {
  /**
   * `locked`: another reconciler uses the state folder. `unusable`: the folder is missing, unreadable, read-only, full
   * or from a newer AutoGit. `io`: a read or write failed while running. `damaged`: the content is not what was written.
   */
  readonly reason: 'locked' | 'unusable' | 'io' | 'damaged';
  /** SQLite's extended result code, where there is one. */
  readonly code: number | undefined;

  constructor(
    reason: StoreDown['reason'],
    message: string,
    options?: { readonly code?: number | undefined; readonly cause?: unknown },
  ) {
    super(message, { cause: options?.cause });
    this.name = 'StoreDown';
    this.reason = reason;
    this.code = options?.code;
  }
}
