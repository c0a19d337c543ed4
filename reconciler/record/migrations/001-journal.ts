/** What acting needs to survive a crash: intents and outcomes in one hash chain, what we own, which revisions were tried. */
export const journal = {
  version: 1,
  sql: `
    CREATE TABLE meta (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Append-only but for its oldest rows. An outcome names its intent in "intent".
    CREATE TABLE journal (
      seq INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('intent', 'outcome')),
      intent INTEGER,
      revision TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL,
      prev_hash TEXT NOT NULL,
      hash TEXT NOT NULL,
      CHECK ((kind = 'outcome') = (intent IS NOT NULL))
    ) STRICT;
    CREATE UNIQUE INDEX journal_outcome ON journal (intent) WHERE kind = 'outcome';

    CREATE TABLE inventory (
      host TEXT NOT NULL,
      unit TEXT NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('network', 'volume', 'files', 'container')),
      id TEXT NOT NULL,
      sum TEXT NOT NULL,
      PRIMARY KEY (host, unit, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE revision (
      revision TEXT PRIMARY KEY,
      changed INTEGER NOT NULL,
      at INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('applying', 'applied', 'failed', 'quarantined', 'rejected')),
      reason TEXT,
      source TEXT,
      sum TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX revision_changed ON revision (changed);
  `,
} as const;
