import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PoolMemory } from '../model/record.ts';
import { StoreDown } from '../model/store-down.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { InventoryChange, Store } from '../ports/store.ts';
import { type Database, openDatabase } from './database.ts';
import { findBrokenLink, openJournal } from './journal.ts';
import { migrate } from './migrate.ts';
import { migrations as allMigrations, type Migration } from './migrations/all.ts';
import { describeOwner, readOwner, removeOwner, runsElsewhere, writeOwner } from './owner.ts';
import {
  filesOf,
  moveAside,
  prepareFolder,
  readDeployment,
  releaseBallast,
  unusable,
  writeDeployment,
} from './state-folder.ts';
import { findChangedRow, openHistory, openInventory, openRevisions } from './tables.ts';

export interface StoreOptions {
  /** State folder, made when missing; `:memory:` keeps everything in this process. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Whether a store that had to be made anew prunes nothing until one clean full cycle. True for everything that may
   * already run objects of ours; false only where that cannot be, as with the embedded engine.
   */
  readonly adoptOnlyWhenNew: boolean;
  /** Default `make`. `existing`: for looking only; nothing is made, moved aside or migrated, and `StoreDown` is thrown instead. */
  readonly open?: 'make' | 'existing';
  /** Milliseconds to wait for another process that is just ending, default 2 000. */
  readonly busyTimeoutMs?: number;
  /** How many rows are kept. */
  readonly keep?: Partial<Kept>;
  /** For tests of older schemas. */
  readonly migrations?: readonly Migration[];
}

interface Kept {
  readonly journal: number;
  /** Per pool. */
  readonly decisions: number;
  readonly events: number;
  readonly revisions: number;
  /** Applied revisions whose file is kept for a roll-back. */
  readonly sources: number;
}

const defaultKept: Kept = { journal: 2000, decisions: 500, events: 5000, revisions: 500, sources: 20 };

/**
 * Opens the durable memory of the reconciler for this process alone. Throws `StoreDown` when the folder cannot be used,
 * is full, or belongs to another running reconciler, which is then named. A damaged database is renamed and a new one
 * made in adopt-only mode under the same deployment id.
 */
export function openStore(options: StoreOptions): Store {
  if (options.directory === ':memory:') return storeOn(openInMemory(options), options);
  try {
    return openFolder(options);
  } catch (error) {
    throw unusable(options.directory, error);
  }
}

function openFolder(options: StoreOptions): Store {
  const { directory, log } = options;
  const { database: path } = filesOf(directory);
  if (options.open === 'existing') {
    if (!existsSync(path))
      throw new StoreDown(
        'unusable',
        `there is no state in ${directory}; start the reconciler once, or name its folder with --state`,
      );
  } else {
    prepareFolder(directory);
  }
  refuseWhenOwned(directory);
  try {
    return openChecked(options, path);
  } catch (error) {
    if (!(error instanceof StoreDown) || error.reason !== 'damaged' || options.open === 'existing') throw error;
    const kept = moveAside(directory, options.clock.now());
    log.error('store.damaged', { detail: error.message, kept });
    return openChecked({ ...options, adoptOnlyWhenNew: true }, path);
  }
}

function openInMemory(options: StoreOptions): Database {
  const database = openDatabase(':memory:', { busyTimeoutMs: 0, create: true });
  migrate(database, options.migrations ?? allMigrations, ':memory:', () => undefined);
  fillMeta(database, newDeployment(), options.adoptOnlyWhenNew);
  return database;
}

function openChecked(options: StoreOptions, path: string): Store {
  const { directory, clock, log } = options;
  const database = openOrNameOwner(options, path);
  try {
    const steps = options.migrations ?? allMigrations;
    checkPages(database, path);
    migrate(database, steps, path, (version) => {
      if (options.open === 'existing')
        throw new StoreDown(
          'unusable',
          `the state in ${directory} is of an older AutoGit; start the reconciler once to bring it up to date`,
        );
      backUp(database, `${path}.before-${steps.at(-1)?.version ?? 0}`);
      log.info('store.migrate', { from: version, to: steps.at(-1)?.version ?? 0 });
    });
    checkRows(database, path);
    if (options.open !== 'existing') settleDeployment(database, directory, options.adoptOnlyWhenNew, log);
    takeOver(directory, clock.now(), log);
    return storeOn(database, options);
  } catch (error) {
    database.close();
    throw error;
  }
}

function openOrNameOwner(options: StoreOptions, path: string): Database {
  try {
    return openDatabase(path, { busyTimeoutMs: options.busyTimeoutMs ?? 2000, create: options.open !== 'existing' });
  } catch (error) {
    if (error instanceof StoreDown && error.reason === 'locked') throw owned(options.directory, error);
    throw error;
  }
}

function refuseWhenOwned(directory: string): void {
  const owner = readOwner(directory);
  if (owner !== undefined && runsElsewhere(owner)) throw owned(directory);
}

function owned(directory: string, cause?: unknown): StoreDown {
  const owner = describeOwner(readOwner(directory));
  return new StoreDown(
    'locked',
    `the state folder ${directory} is in use by ${owner}; stop that reconciler, or name another folder with --state`,
    { cause },
  );
}

/** The database is ours by now, so an owner that is still named has ended without a goodbye. */
function takeOver(directory: string, now: number, log: Log): void {
  const before = readOwner(directory);
  if (before !== undefined) log.warn('store.takeover', { detail: `${describeOwner(before)} did not close the store` });
  writeOwner(directory, now);
}

function checkPages(database: Database, path: string): void {
  const said = database.get('PRAGMA quick_check(1)')?.quick_check;
  if (said !== 'ok') throw new StoreDown('damaged', `the database ${path} is damaged: ${String(said)}`);
}

/** SQLite does not notice a changed byte inside a row. */
function checkRows(database: Database, path: string): void {
  const wrong = findBrokenLink(database) ?? findChangedRow(database);
  if (wrong !== undefined) throw new StoreDown('damaged', `the database ${path} is damaged: ${wrong}`);
}

function backUp(database: Database, path: string): void {
  rmSync(path, { force: true });
  database.run('VACUUM INTO ?', path);
}

/** The id is in the database and in a file; the file brings it back when the database is lost. */
function settleDeployment(database: Database, directory: string, adoptOnly: boolean, log: Log): void {
  const known = metaOf(database, 'deployment');
  const onFile = readDeployment(directory);
  if (known === undefined) fillMeta(database, onFile ?? newDeployment(), adoptOnly);
  const deployment = metaOf(database, 'deployment') ?? '';
  if (onFile === deployment) return;
  if (onFile !== undefined)
    log.warn('store.deployment', {
      detail: `the file ${join(directory, 'deployment')} named ${onFile}; the database says ${deployment}`,
    });
  writeDeployment(directory, deployment);
}

const newDeployment = (): string => randomBytes(8).toString('hex');
const metaOf = (database: Database, key: string): string | undefined =>
  database.get('SELECT value FROM meta WHERE key = ?', key)?.value as string | undefined;

function fillMeta(database: Database, deployment: string, adoptOnly: boolean): void {
  database.write(() => {
    database.run(
      "INSERT INTO meta (key, value) VALUES ('deployment', ?), ('adopt-only', ?)",
      deployment,
      adoptOnly ? 'yes' : 'no',
    );
  });
}

/** The port on an open database. Values that are stored already are not written again. */
function storeOn(database: Database, options: StoreOptions): Store {
  const keep = { ...defaultKept, ...options.keep };
  const journal = openJournal(database, keep.journal);
  const inventory = openInventory(database);
  const revisions = openRevisions(database, keep);
  const history = openHistory(database, keep);
  const inMemory = options.directory === ':memory:';

  /** An outcome is the one thing worth the last free space: the change in the engine has happened. */
  function writeOutcome(body: () => void): void {
    try {
      database.write(body);
    } catch (error) {
      if (!(error instanceof StoreDown) || error.code === undefined || (error.code & 0xff) !== 13 || inMemory)
        throw error;
      releaseBallast(options.directory);
      database.writeLastWords(body);
      throw error;
    }
  }

  function change(what: InventoryChange | undefined): void {
    if (what?.kind === 'add') inventory.add(what.entry);
    if (what?.kind === 'remove') inventory.remove(what.host, what.unit, what.name);
  }

  function put(table: 'pool' | 'named', key: string, value: string): void {
    const [keyColumn, valueColumn] = table === 'pool' ? ['pool', 'memory'] : ['key', 'value'];
    if (database.get(`SELECT ${valueColumn} AS value FROM ${table} WHERE ${keyColumn} = ?`, key)?.value === value)
      return;
    database.write(() => {
      database.run(
        `INSERT INTO ${table} (${keyColumn}, ${valueColumn}) VALUES (?, ?) ON CONFLICT DO UPDATE SET ${valueColumn} = excluded.${valueColumn}`,
        key,
        value,
      );
    });
  }

  return {
    deployment: metaOf(database, 'deployment') ?? '',
    get adoptOnly() {
      return metaOf(database, 'adopt-only') === 'yes';
    },
    clearAdoptOnly() {
      if (metaOf(database, 'adopt-only') === 'yes')
        database.write(() => void database.run("UPDATE meta SET value = 'no' WHERE key = 'adopt-only'"));
    },
    intend: (revision, action, at) => database.write(() => journal.appendIntent(revision, action, at)),
    conclude(seq, outcome, what, at) {
      writeOutcome(() => {
        journal.appendOutcome(seq, outcome, at);
        change(what);
      });
    },
    interrupted: () => journal.interrupted(),
    inventory: () => inventory.list(),
    adopt(entry) {
      if (!inventory.has(entry)) database.write(() => inventory.add(entry));
    },
    revisions: (limit) => revisions.list(limit),
    setRevision(record) {
      if (!revisions.has(record)) database.write(() => revisions.set(record));
    },
    pools: () =>
      Object.fromEntries(
        database
          .all('SELECT pool, memory FROM pool ORDER BY pool')
          .map((row) => [String(row.pool), JSON.parse(String(row.memory)) as PoolMemory]),
      ),
    setPool: (pool, memory) => put('pool', pool, JSON.stringify(memory)),
    recordDecision: (decision) => database.write(() => history.addDecision(decision)),
    decisions: (pool, limit) => history.decisions(pool, limit),
    audit: (event) => database.write(() => history.addEvent(event)),
    events: (limit) => history.events(limit),
    get: (key) => database.get('SELECT value FROM named WHERE key = ?', key)?.value as string | undefined,
    set: (key, value) => put('named', key, value),
    close() {
      database.close();
      if (!inMemory) removeOwner(options.directory);
    },
  };
}
