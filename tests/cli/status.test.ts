import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askService } from '../../cli/ask-service.ts';
import {
  isNamedState,
  readServiceAddress,
  removeServiceAddress,
  stateFolder,
  writeServiceAddress,
} from '../../cli/state-folder.ts';
import { nobodyAnswers } from '../../cli/status.ts';
import { statusText } from '../../cli/status-text.ts';
import { unreadableState, unreadableText } from '../../cli/unreadable-state.ts';
import { sampleStatus } from '../real/browser/sample-status.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-state-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('says the state in one sentence first, then what is not well', () => {
  expect(statusText(sampleStatus(1_000_000), { now: 1_000_000, colour: false })).toMatchInlineSnapshot(`
    "home: 1 of 4 units needs attention: wiki never got healthy, the old one runs
    embedded engine: nothing outside the reconciler process is changed
    https://git.home.lan/ops/platform.git · main · a1b2c3d4 · wiki 3 (looked 4 s ago)
    in force: ffeeddcc (rolled back from a1b2c3d4)

      ✓  container/local/forge  ok         healthy
      ✗  container/local/wiki   unhealthy  GET /healthz answers 500

    pools
      linux: 3 waiting, 2 busy, 0 idle, 1 starting; 3 of 8
        3 jobs wait and 2 run, so 5 runners are wanted; 2 more are started

    held back
      network/local/old: not removed while host gpu-box cannot be read; bring gpu-box back or take it out of hosts

    history
      a1b2c3d4  quarantined  wiki never got healthy
      ffeeddcc  applied
    "
  `);
});

it('keeps columns straight in colour', () => {
  const text = statusText(sampleStatus(1), { now: 1, colour: true });
  expect(text).toContain('\u001B[32m✓\u001B[39m  container/local/forge  ok         healthy');
});

it('finds the running reconciler by a file that only its owner can read', async () => {
  await writeServiceAddress(folder, { address: 'http://127.0.0.1:1', token: 'secret', pid: 7 });
  expect((await stat(join(folder, 'http.json'))).mode & 0o777).toBe(0o600);
  expect(await readServiceAddress(folder)).toEqual({ address: 'http://127.0.0.1:1', token: 'secret', pid: 7 });
  await removeServiceAddress(folder);
  expect(await readServiceAddress(folder)).toBeUndefined();
});

it('tells a stopped reconciler from one that hangs', async () => {
  expect(await askService({ state: folder, path: '/api/status' })).toEqual({ kind: 'nobody' });
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(gone.address() as { port: number }).port}`;
  await new Promise((resolve) => gone.close(resolve));
  await writeServiceAddress(folder, { address, token: 't', pid: 7 });
  expect(await askService({ state: folder, path: '/api/status' })).toEqual({ kind: 'nobody' });
  const deaf = createServer(() => {});
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  const { port } = deaf.address() as { port: number };
  await writeServiceAddress(folder, { address: `http://127.0.0.1:${port}`, token: 't', pid: 7 });
  expect((await askService({ state: folder, path: '/api/status', timeoutMs: 50 })).kind).toBe('silent');
  deaf.closeAllConnections();
  deaf.close();
  expect(nobodyAnswers('/var/lib/autogit', { kind: 'nobody' })).toContain('autogit reconcile --state /var/lib/autogit');
});

it('looks for the state folder where each kind of user expects it', () => {
  expect(stateFolder('/given', {})).toBe('/given');
  expect(stateFolder(undefined, { AUTOGIT_STATE: '/env' })).toBe('/env');
  expect(stateFolder(undefined, { STATE_DIRECTORY: '/var/lib/autogit:/other' })).toBe('/var/lib/autogit');
});

it('means the state of the machine where a user has none and named none', async () => {
  const machine = join(folder, 'machine');
  await mkdir(machine, { mode: 0o755 });
  expect(await unreadableState(join(folder, 'mine'), { isNamed: false, machine })).toBeUndefined();
  expect(await unreadableState(join(folder, 'mine'), { isNamed: true, machine })).toBeUndefined();
  expect(isNamedState('/srv/state', { HOME: '/home/anna' })).toBe(true);
  expect(isNamedState(stateFolder(undefined, {}), { AUTOGIT_STATE: stateFolder(undefined, {}) })).toBe(false);
  expect(unreadableText('/var/lib/autogit')).toMatch(/^this user may not read .*\nnext: run it with sudo/);
});
