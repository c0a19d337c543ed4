import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreDown } from '../../reconciler/model/store-down.ts';
import type { Log } from '../../reconciler/ports/log.ts';
import { migrations } from '../../reconciler/record/migrations/all.ts';
import { openStore, type StoreOptions } from '../../reconciler/record/store.ts';
import { entry, pull } from '../contract/store-samples.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { realClock } from '../follow/real-clock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'autogit-record-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (more: Partial<StoreOptions> = {}) =>
  openStore({ directory, clock: realClock, log: silentLog, adoptOnlyWhenNew: true, busyTimeoutMs: 100, ...more });

function down(body: () => unknown): StoreDown {
  try {
    body();
  } catch (error) {
    if (error instanceof StoreDown) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const database = (): string => join(directory, 'state.sqlite');

/** Changes the closed database as nobody should. */
function tamper(sql: string): void {
  const db = new DatabaseSync(database());
  db.exec(sql);
  db.close();
}

describe('a state folder', () => {
  it('is readable by its user alone, and so is all that is in it', () => {
    directory = join(directory, 'deep', 'state');
    open().close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory))
      expect([name, statSync(join(directory, name)).mode & 0o077]).toEqual([name, 0]);
  });

  it('names its owner while it is in use', () => {
    const store = open();
    expect(JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    expect(readdirSync(directory)).not.toContain('state.sqlite-shm');
    store.close();
    expect(existsSync(join(directory, 'owner.json'))).toBe(false);
  });

  it('is only looked at on request, and then not made', () => {
    const missing = join(directory, 'missing');
    expect(down(() => open({ directory: missing, open: 'existing' })).message).toBe(
      `there is no state in ${missing}; start the reconciler once, or name its folder with --state`,
    );
    expect(existsSync(missing)).toBe(false);
  });
});

describe('a schema', () => {
  it('of an older AutoGit is brought up to date, with a backup of what was there', () => {
    const old = open({ migrations: migrations.slice(0, 1) });
    const seq = old.intend('rev', pull('a'), 1);
    old.conclude(seq, { kind: 'done' }, { kind: 'add', entry: entry('wiki') }, 2);
    const { deployment } = old;
    old.close();
    const sum = createHash('sha256')
      .update(JSON.stringify(['r1', 1, 'applied', null, 'name: x']))
      .digest('hex');
    tamper(`INSERT INTO revision VALUES ('r1', 1, 1, 'applied', NULL, 'name: x', '${sum}')`);
    const store = open();
    expect(store.deployment).toBe(deployment);
    expect(store.revisions(9)).toEqual([{ revision: 'r1', at: 1, state: 'applied', source: 'name: x' }]);
    expect(store.inventory()).toEqual([entry('wiki')]);
    store.set('new', 'table');
    expect(store.get('new')).toBe('table');
    const locked = { revision: 'r2', at: 2, state: 'applied', source: 'name: x', lock: 'version: 1' } as const;
    store.setRevision(locked);
    const withFiles = {
      revision: 'r3',
      at: 3,
      state: 'applied',
      source: 'name: y',
      files: { 'b.conf': 'Yg==', 'a.conf': 'YQ==' },
    } as const;
    store.setRevision(withFiles);
    store.close();
    const again = open();
    expect(again.revisions(2)).toEqual([withFiles, locked]);
    again.close();
    expect(readdirSync(directory)).toContain('state.sqlite.before-4');
  });

  it('of a newer AutoGit is refused and left alone', () => {
    open().close();
    tamper('PRAGMA user_version = 99');
    const before = readFileSync(database());
    expect(down(open)).toMatchObject({
      reason: 'unusable',
      message: expect.stringContaining(
        'was written by a newer AutoGit (schema 99, this one knows 4); run that version',
      ),
    });
    expect(readFileSync(database()).equals(before)).toBe(true);
  });

  it('of another program is refused and left alone', () => {
    tamper('CREATE TABLE photos (id INTEGER)');
    expect(down(open)).toMatchObject({
      reason: 'unusable',
      message: expect.stringContaining('is a database of another program'),
    });
    expect(readdirSync(directory).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('numbers its migrations 1, 2, 3 …', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });
});

describe('damage is found at the start', () => {
  const fill = (): string => {
    const store = open({ adoptOnlyWhenNew: false });
    for (const name of ['a', 'b', 'c'])
      store.conclude(store.intend('rev', pull(name), 1), { kind: 'done' }, { kind: 'add', entry: entry(name) }, 2);
    store.setRevision({ revision: 'rev', at: 1, state: 'applied', source: 'name: x\n' });
    expect(store.adoptOnly).toBe(false);
    store.close();
    return store.deployment;
  };

  const cases: readonly (readonly [string, () => void, RegExp])[] = [
    [
      'a changed word in a journal row',
      () => tamper("UPDATE journal SET body = replace(body, 'done', 'gone') WHERE seq = 4"),
      /journal row 4 is not as it was written/,
    ],
    ['a journal row that is missing', () => tamper('DELETE FROM journal WHERE seq = 3'), /journal row 3 is missing/],
    [
      'a changed inventory row',
      () => tamper("UPDATE inventory SET id = 'foreign' WHERE name = 'b'"),
      /the inventory row of b is not as it was written/,
    ],
    [
      'a changed revision',
      () => tamper("UPDATE revision SET source = 'name: evil'"),
      /the row of revision rev is not as it was written/,
    ],
    ['a file that is no database', () => writeFileSync(database(), 'x'.repeat(8192)), /is no database|is damaged/],
    ['a page of garbage', () => flip(4096, 4096), /damaged|no database/],
  ];
  for (const [what, damage, sentence] of cases) {
    it(`${what}: kept aside, and a new one made that only adopts`, () => {
      const deployment = fill();
      damage();
      const said: unknown[] = [];
      const log: Log = { ...silentLog, error: (event, fields) => said.push([event, fields]) };
      const store = open({ log, adoptOnlyWhenNew: false });
      expect(said).toEqual([
        [
          'store.damaged',
          { detail: expect.stringMatching(sentence), kept: expect.stringContaining('state.sqlite.damaged-') },
        ],
      ]);
      expect([store.deployment, store.adoptOnly, store.inventory()]).toEqual([deployment, true, []]);
      expect(readdirSync(directory).filter((name) => /damaged-[\dTZ]+$/.test(name))).toHaveLength(1);
      store.close();
      expect(open().adoptOnly).toBe(true);
    });
  }

  it('one flipped byte inside a text is found as well', () => {
    fill();
    const bytes = readFileSync(database());
    const at = bytes.indexOf('"pull-image:b"');
    expect(at).toBeGreaterThan(0);
    flip(at + 3, 1);
    expect(down(() => open({ open: 'existing' }))).toMatchObject({ reason: 'damaged' });
  });

  it('a database that is gone keeps the deployment id', () => {
    const deployment = fill();
    rmSync(database());
    const store = open();
    expect([store.deployment, store.adoptOnly]).toEqual([deployment, true]);
    store.close();
  });

  function flip(start: number, length: number): void {
    const bytes = readFileSync(database());
    for (let index = start; index < start + length; index++) bytes[index] = (bytes[index] ?? 0) ^ 0x15;
    writeFileSync(database(), bytes);
  }
});

describe('old rows go', () => {
  it('from the journal, but none from the first open intent on, and the chain still holds', () => {
    const store = open({ keep: { journal: 50 } });
    for (let count = 0; count < 110; count++)
      store.conclude(store.intend('rev', pull('x'), 1), { kind: 'done' }, undefined, 2);
    const waiting = store.intend('rev', pull('waits'), 3);
    for (let count = 0; count < 110; count++)
      store.conclude(store.intend('rev', pull('x'), 1), { kind: 'done' }, undefined, 2);
    store.close();
    const again = open({ keep: { journal: 50 } });
    expect(again.interrupted().map(({ seq }) => seq)).toEqual([waiting]);
    again.conclude(waiting, { kind: 'done' }, undefined, 4);
    for (let count = 0; count < 110; count++)
      again.conclude(again.intend('rev', pull('x'), 1), { kind: 'done' }, undefined, 2);
    again.close();
    const db = new DatabaseSync(database());
    expect(Number(db.prepare('SELECT count(*) AS n FROM journal').get()?.n)).toBeLessThan(160);
    db.close();
    expect(open().interrupted()).toEqual([]);
  });

  it('from events and decisions of each pool', () => {
    const store = open({ keep: { events: 3, decisions: 2 } });
    for (let at = 1; at <= 10; at++) {
      store.audit({ at, event: 'x', detail: String(at) });
      for (const pool of ['a', 'b'])
        store.recordDecision({ pool, at, inputs: [], clamps: [], current: 0, desired: at, held: false, sentence: '' });
    }
    expect(store.events(99).map(({ at }) => at)).toEqual([10, 9, 8]);
    expect(store.decisions('a', 99).map(({ at }) => at)).toEqual([10, 9]);
    expect(store.decisions('b', 99).map(({ at }) => at)).toEqual([10, 9]);
    store.close();
  });

  it('from revisions, but the last applied one stays with its file', () => {
    const store = open({ keep: { revisions: 4, sources: 2 } });
    for (const name of ['a', 'b', 'c'])
      store.setRevision({ revision: name, at: 1, state: 'applied', source: `name: ${name}\n` });
    expect(store.revisions(9).map(({ source }) => source)).toEqual(['name: c\n', 'name: b\n', undefined]);
    for (let count = 0; count < 20; count++)
      store.setRevision({ revision: `bad${count}`, at: 2, state: 'rejected', reason: 'x' });
    const kept = store.revisions(99);
    expect(kept).toHaveLength(5);
    expect(kept.at(-1)).toEqual({ revision: 'c', at: 1, state: 'applied', source: 'name: c\n' });
    store.close();
    expect(open().revisions(99)).toEqual(kept);
  });
});
