import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCli } from '../../scripts/build/cli.ts';

const root = join(import.meta.dirname, '../..');
const base = mkdtempSync(join(tmpdir(), 'autogit-removed-'));

beforeAll(() => buildCli(root, join(base, 'dist')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

it('ends with a sentence when an upgrade takes its files away while it runs', async () => {
  const fifo = join(base, 'autogit.yaml');
  execFileSync('mkfifo', [fifo]);
  const child = spawn(process.execPath, [join(base, 'dist/autogit.mjs'), 'validate', '-f', fifo], { timeout: 60_000 });
  const said = text(child.stderr);
  // Opens as soon as the program does: whatever it loads at its start is loaded by then.
  const file = await open(fifo, 'w');
  rmSync(join(base, 'dist'), { recursive: true });
  await file.writeFile('name: home\ndomain: [home.lan\n');
  await file.close();
  const [code] = await once(child, 'close');
  expect(await said).toMatch(
    /a part of the program is gone, it was replaced or removed while it ran: .*\nnext: start it again\n$/s,
  );
  expect(code).toBe(70);
}, 120_000);
