/** What people and the scaler want to know later: memory of pools, decisions, events, small named values. */
export const observations = {
  version: 2,
  sql: `
    CREATE TABLE pool (
      pool TEXT PRIMARY KEY,
      memory TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE decision (
      seq INTEGER PRIMARY KEY,
      pool TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decision_pool ON decision (pool, seq);

    CREATE TABLE event (
      seq INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;

    CREATE TABLE named (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
} as const;
