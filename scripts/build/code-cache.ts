import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs the quick part in `folder` on the file of five services and gives the code that V8 has made of it by then: what the
 * run did not call is left out, so that loading it costs nothing.
 */
export function codeCacheOf(root: string, folder: string, name: string): Uint8Array {
  const scratch = mkdtempSync(join(tmpdir(), 'autogit-build-'));
  try {
    const cache = join(scratch, 'cache');
    const words = ['compile', '-f', join(root, 'examples/3-a-team/autogit.yaml'), '--target', 'all', '-o'];
    const recorder = join(import.meta.dirname, 'record-code.ts');
    execFileSync(process.execPath, [recorder, join(folder, name), cache, ...words, join(scratch, 'out')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return readFileSync(cache);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
