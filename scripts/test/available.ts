import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite } from '../../tests/suites.ts';

/** Whether a suite can run here: against what, or why not. */
export type Available = { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string };

/** Asks `tests/real/<name>/available.ts`. It must not install or start anything; one that throws means no. */
export async function findAvailable(root: string, suite: Suite): Promise<Available> {
  if (!suite.real) return { ok: true, what: `node ${process.versions.node}` };
  const path = join(root, 'tests', 'real', suite.name, 'available.ts');
  if (!existsSync(path)) return { ok: false, reason: 'the suite is not there' };
  try {
    const { available } = (await import(path)) as { available: () => Promise<Available> };
    return await available();
  } catch (error) {
    return { ok: false, reason: `looking for it failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}
