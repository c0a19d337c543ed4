import type { Diagnostic } from '../schema/diagnostic.ts';
import type { Document } from '../schema/document.ts';
import { diagnose } from './diagnose.ts';
import { pin } from './lock/pin.ts';
import { readLock, writeAnew } from './lock/read-lock.ts';
import type { Lock } from './model/lock.ts';
import { readDocument } from './read/read-document.ts';
import type { Resolved } from './resolve/resolve.ts';

/** The door to `lock` for those who compile with one, and for the commands that write and verify it. */
export { type LockChange, lockChanges } from './lock/lock-changes.ts';
export { lockText } from './lock/lock-text.ts';

/** Name for messages and content of an `autogit.lock`. */
export interface LockFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface OpenedLock {
  /** Absent when a diagnostic is there: a lock is right as a whole or not used. */
  readonly lock?: Lock;
  /** For places of what is found later. */
  readonly document?: Document;
  /** All in the lock itself. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a lock. It never throws for any bytes. */
export async function openLock({ file, bytes }: LockFile): Promise<OpenedLock> {
  const torn = conflict(file, new TextDecoder().decode(bytes));
  if (torn !== undefined) return { diagnostics: [torn] };
  const { document, diagnostics } = await readDocument({ file, bytes });
  if (document === undefined || diagnostics.length > 0) {
    // The reader's advice is for the platform file; a lock is not mended by hand.
    return { diagnostics: diagnostics.map(({ fix: _, ...diagnostic }) => ({ ...diagnostic, hint: writeAnew })) };
  }
  const { lock, findings } = readLock(document);
  const found = diagnose({ document, findings });
  return lock === undefined ? { diagnostics: found } : { lock, document, diagnostics: found };
}

/** A lock laid over what the file means. Without a readable lock nothing is pinned, and the diagnostics say why. */
export async function pinBy(file: LockFile): Promise<{
  readonly diagnostics: readonly Diagnostic[];
  readonly pin: (resolved: Resolved) => Resolved;
}> {
  const { lock, diagnostics } = await openLock(file);
  if (lock === undefined) return { diagnostics, pin: (resolved) => resolved };
  const name = file.file.slice(file.file.lastIndexOf('/') + 1);
  return {
    diagnostics,
    pin: ({ platform, findings }) => {
      const pinned = pin(platform, lock, name);
      return { platform: pinned.platform, findings: [...findings, ...pinned.findings] };
    },
  };
}

/** Two branches that both updated the lock leave it like this, and YAML's words for it would help nobody. */
function conflict(file: string, text: string): Diagnostic | undefined {
  const offset = text.search(/^(?:<{7} |>{7} |={7}$)/m);
  if (offset < 0) return undefined;
  const line = text.slice(0, offset).split('\n').length;
  const end = offset + 7;
  return {
    code: 'AG423',
    severity: 'error',
    message: 'the lock holds the marks of a merge conflict',
    hint: `${writeAnew}; then \`git add\` it`,
    file,
    range: { start: { line, column: 1, offset }, end: { line, column: 8, offset: end } },
    pointer: '',
    related: [],
  };
}
