import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where mirror and runners lie: the state folder, or for a state that is not kept a private folder that goes with `close`. */
export function openWorkFolder(state: string): { readonly path: string; close(): void } {
  if (state !== ':memory:') return { path: state, close: () => {} };
  const path = mkdtempSync(join(tmpdir(), 'autogit-'));
  return { path, close: () => rmSync(path, { recursive: true, force: true }) };
}
