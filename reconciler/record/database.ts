import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { StoreDown } from '../model/store-down.ts';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** One open database that refuses everything after its first failure: what a failed commit left behind is not known. */
export interface Database {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  each(sql: string, ...values: SQLInputValue[]): IterableIterator<Row>;
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Only inside `write`. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Several statements without values; only while opening. */
  script(sql: string): void;
  /** One transaction: all of it is durable when this returns, or none is. */
  write<T>(body: () => T): T;
  /** One more transaction after a full disk, when space was given back; the database stays down for everything else. */
  writeLastWords(body: () => void): void;
  readonly down: StoreDown | undefined;
  close(): void;
}

const memory = ':memory:';

/**
 * Opens the database file, made when it is missing, for this process alone: WAL, `synchronous=FULL`, both asserted.
 * Throws `StoreDown`: `locked` when another process has it, `damaged` when it is no database, `io` and `unusable` else.
 * @param path file, or `:memory:`
 */
export function openDatabase(
  path: string,
  options: { readonly busyTimeoutMs: number; readonly create: boolean },
): Database {
  let down: StoreDown | undefined;
  const fileId = path === memory ? undefined : attempt(() => touch(path, options.create));
  const connection = attempt(
    () =>
      new DatabaseSync(path, {
        timeout: options.busyTimeoutMs,
        enableDoubleQuotedStringLiterals: false,
        allowExtension: false,
        defensive: true,
      }),
  );
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  /** Runs `body`; the first failure of SQLite or the file system takes the database down for good. */
  function attempt<T>(body: () => T): T {
    if (down !== undefined) throw down;
    try {
      return body();
    } catch (error) {
      down = storeDownFrom(path, error);
      throw down ?? error;
    }
  }

  function prepare(sql: string): ReturnType<DatabaseSync['prepare']> {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = connection.prepare(sql);
    statements.set(sql, made);
    return made;
  }

  /** SQLite goes on writing into a removed file without an error, so the name is looked up before each transaction. */
  function checkFile(): void {
    if (fileId === undefined || identify(path) === fileId) return;
    throw new StoreDown(
      'damaged',
      `the database ${path} was removed or replaced while in use; let nothing else touch the state folder and restart`,
    );
  }

  function transact<T>(body: () => T): T {
    checkFile();
    connection.exec('BEGIN IMMEDIATE');
    try {
      const value = body();
      connection.exec('COMMIT');
      return value;
    } catch (error) {
      if (connection.isTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  }

  const database: Database = {
    all: (sql, ...values) => attempt(() => prepare(sql).all(...values) as Row[]),
    *each(sql, ...values) {
      const rows = attempt(() => prepare(sql).iterate(...values));
      for (let next = attempt(() => rows.next()); next.done !== true; next = attempt(() => rows.next()))
        yield next.value as Row;
    },
    get: (sql, ...values) => attempt(() => prepare(sql).get(...values) as Row | undefined),
    run: (sql, ...values) => Number(attempt(() => prepare(sql).run(...values)).lastInsertRowid),
    script: (sql) => attempt(() => connection.exec(sql)),
    write: (body) => attempt(() => transact(body)),
    writeLastWords(body) {
      const failure = down;
      down = undefined;
      try {
        attempt(() => transact(body));
      } finally {
        down ??= failure;
      }
    },
    get down() {
      return down;
    },
    close: () => connection.close(),
  };

  try {
    setUp(database, path);
  } catch (error) {
    connection.close();
    throw error;
  }
  return database;
}

/** Exclusive locking before the first use of the WAL: one process, and no shared-memory file. */
function setUp(database: Database, path: string): void {
  database.script('PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;');
  const mode = database.get('PRAGMA journal_mode = WAL')?.journal_mode;
  database.script('PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT;');
  const level = database.get('PRAGMA synchronous')?.synchronous;
  if (path !== memory && (mode !== 'wal' || level !== 2)) {
    throw new StoreDown(
      'unusable',
      `the file system of ${path} does not allow safe writes (journal ${String(mode)}, synchronous ${String(level)}); put the state folder on a local disk`,
    );
  }
}

/** Makes the file with our mode, which SQLite also gives to the WAL beside it, and says which file it is. */
function touch(path: string, create: boolean): string | undefined {
  if (create) closeSync(openSync(path, 'a', 0o600));
  return identify(path);
}

function identify(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/** SQLite's extended code holds the primary one in its low byte (https://sqlite.org/rescode.html). */
function storeDownFrom(path: string, error: unknown): StoreDown | undefined {
  if (error instanceof StoreDown) return error;
  const { errcode, code, message } = error as { errcode?: unknown; code?: unknown; message?: unknown };
  if (typeof errcode !== 'number')
    return typeof code === 'string' && code.startsWith('E') && !code.startsWith('ERR_')
      ? new StoreDown('io', `the database ${path} cannot be used (${code}); check its disk and its owner`, {
          cause: error,
        })
      : undefined;
  const say = (reason: StoreDown['reason'], text: string): StoreDown =>
    new StoreDown(reason, `${text} (SQLite ${errcode}: ${String(message)})`, { code: errcode, cause: error });
  switch (errcode & 0xff) {
    case 5:
    case 6:
      return say('locked', `the database ${path} is in use by another process; stop it first`);
    case 8:
      return say('io', `the database ${path} can only be read; make its disk and file writable for this user`);
    case 10:
      return say('io', `reading or writing the database ${path} failed; check its disk and restart`);
    case 11:
      return say(
        'damaged',
        `the database ${path} is damaged; restart, and a new one is made from what the engines show`,
      );
    case 13:
      return say('io', `the disk of the database ${path} is full; free some space on it and restart`);
    case 14:
      return say('unusable', `the database ${path} cannot be opened; check that its folder is writable for this user`);
    case 26:
      return say('damaged', `the file ${path} is no database`);
    default:
      return undefined;
  }
}
