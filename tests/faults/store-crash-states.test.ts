import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../reconciler/record/store.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { realClock } from '../follow/real-clock.ts';
import { acknowledged, lateWrites, randomFrom, rebuild } from './crash-states.ts';
import { type Operation, parseWriteLog, straceOptions } from './write-log.ts';

const child = join(import.meta.dirname, 'store-child.ts');
const names = ['state.sqlite', 'state.sqlite-wal'];
const canTrace = spawnSync('strace', ['-V']).error === undefined;
let folder: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-crash-'));
  state = join(folder, 'state');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (directory: string, more: object = {}) =>
  openStore({ directory, clock: realClock, log: silentLog, adoptOnlyWhenNew: false, busyTimeoutMs: 0, ...more });

/** A process that writes ten intents with their outcomes and is killed: every file call of it, and the files before. */
function record(): { readonly seed: ReadonlyMap<string, Buffer>; readonly operations: readonly Operation[] } {
  open(state).close();
  const seed = new Map([['state.sqlite', readFileSync(join(state, 'state.sqlite'))]]);
  const log = join(folder, 'trace');
  spawnSync('strace', [...straceOptions, '-o', log, process.execPath, child, state, 'burst']);
  return { seed, operations: parseWriteLog(readFileSync(log, 'utf8'), names) };
}

describe.skipIf(!canTrace)(
  'power cut at any moment, with any of the unsynced writes lost, kept or torn',
  { timeout: 240_000 },
  () => {
    it('loses nothing that was acknowledged and leaves a store that opens', () => {
      const { seed, operations } = record();
      expect(acknowledged(operations, operations.length)).toHaveLength(20);
      expect(operations.filter(({ kind }) => kind === 'sync').length).toBeGreaterThanOrEqual(20);
      const random = randomFrom(7);
      let states = 0;
      for (let count = 0; count <= operations.length; count++) {
        for (const late of lateWrites) {
          check(
            rebuild(seed, operations, count, late, random),
            acknowledged(operations, count),
            `${late} after ${count}`,
          );
          states += 1;
        }
      }
      expect(states).toBeGreaterThan(300);
    });

    it('would be found out: without the syncs of the log, acknowledged work is lost', () => {
      const { seed, operations } = record();
      const unsynced = operations.filter(({ kind }) => kind !== 'sync');
      const files = rebuild(seed, unsynced, unsynced.length, 'dropped', randomFrom(1));
      expect(() => check(files, acknowledged(unsynced, unsynced.length), 'control')).toThrow();
    });
  },
);

function check(files: ReadonlyMap<string, Buffer>, said: readonly string[], what: string): void {
  const directory = join(folder, 'after');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
  copyFileSync(join(state, 'deployment'), join(directory, 'deployment'));
  const store = open(directory, { open: 'existing' });
  const inventory = store.inventory().length;
  const interrupted = store.interrupted().length;
  store.close();
  const intended = said.filter((line) => line.includes('intended')).length;
  const concluded = said.filter((line) => line.includes('concluded')).length;
  expect(inventory, `objects known, ${what}`).toBeOneOf([concluded, concluded + 1]);
  expect(inventory + interrupted, `intents known, ${what}`).toBeOneOf([intended, intended + 1]);
}
