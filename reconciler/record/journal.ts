import { createHash } from 'node:crypto';
import type { Action } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { Database, Row } from './database.ts';

/** The rows of the journal form a chain: each holds the hash of the one before, so that a changed or lost row shows. */
export interface Journal {
  /** Both only inside a transaction. */
  appendIntent(revision: string, action: Action, at: number): number;
  /** Throws when the intent does not exist or has an outcome already: that is a bug of the caller. */
  appendOutcome(intent: number, outcome: Outcome, at: number): void;
  interrupted(): readonly {
    readonly seq: number;
    readonly revision: string;
    readonly action: Action;
    readonly at: number;
  }[];
}

interface Link {
  readonly seq: number;
  readonly hash: string;
}

const anchorKey = 'journal.anchor';

/** @param keep number of rows after which the oldest concluded ones go */
export function openJournal(database: Database, keep: number): Journal {
  function append(row: {
    readonly kind: string;
    readonly intent: number | null;
    readonly revision: string;
    readonly at: number;
    readonly body: string;
  }): number {
    const last = lastLink(database);
    const seq = last.seq + 1;
    const hash = hashOf({ ...row, seq, prev_hash: last.hash });
    database.run(
      'INSERT INTO journal (seq, kind, intent, revision, at, body, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[seq, row.kind, row.intent, row.revision, Math.trunc(row.at), row.body, last.hash, hash],
    );
    if (seq % 100 === 0) prune(database, keep);
    return seq;
  }

  return {
    appendIntent: (revision, action, at) =>
      append({ kind: 'intent', intent: null, revision, at, body: JSON.stringify(action) }),
    appendOutcome(intent, outcome, at) {
      const row = database.get("SELECT revision FROM journal WHERE seq = ? AND kind = 'intent'", intent);
      const concluded = database.get("SELECT 1 FROM journal WHERE kind = 'outcome' AND intent = ?", intent);
      if (row === undefined || concluded !== undefined)
        throw new Error(`intent ${intent} is ${row === undefined ? 'unknown' : 'concluded already'}`);
      append({ kind: 'outcome', intent, revision: String(row.revision), at, body: JSON.stringify(outcome) });
    },
    interrupted: () =>
      database.all(`${unconcluded} ORDER BY seq`).map((row) => ({
        seq: Number(row.seq),
        revision: String(row.revision),
        action: JSON.parse(String(row.body)) as Action,
        at: Number(row.at),
      })),
  };
}

const unconcluded = `SELECT seq, revision, at, body FROM journal AS i
  WHERE kind = 'intent' AND NOT EXISTS (SELECT 1 FROM journal AS o WHERE o.kind = 'outcome' AND o.intent = i.seq)`;

/** Reads every row; says what is wrong with the first that does not fit, or `undefined`. */
export function findBrokenLink(database: Database): string | undefined {
  let before = anchor(database);
  for (const row of database.each('SELECT * FROM journal ORDER BY seq')) {
    const seq = Number(row.seq);
    if (seq !== before.seq + 1) return `journal row ${before.seq + 1} is missing`;
    if (row.prev_hash !== before.hash || row.hash !== hashOf(row)) return `journal row ${seq} is not as it was written`;
    before = { seq, hash: String(row.hash) };
  }
  return undefined;
}

function hashOf(row: Row | { readonly [key: string]: unknown }): string {
  const fields = ['seq', 'kind', 'intent', 'revision', 'at', 'body', 'prev_hash'].map((name) => {
    const value = row[name];
    return name === 'at' ? Math.trunc(Number(value)) : value;
  });
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** Where the chain begins: the last row that was pruned. */
function anchor(database: Database): Link {
  const text = database.get('SELECT value FROM meta WHERE key = ?', anchorKey)?.value;
  const [, seq, hash] = /^(\d+) ([0-9a-f]{64})$/.exec(String(text)) ?? [];
  return seq === undefined || hash === undefined ? { seq: 0, hash: '' } : { seq: Number(seq), hash };
}

function lastLink(database: Database): Link {
  const row = database.get('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1');
  return row === undefined ? anchor(database) : { seq: Number(row.seq), hash: String(row.hash) };
}

/** Removes the oldest rows beyond `keep`, but none from the first intent that has no outcome on. */
function prune(database: Database, keep: number): void {
  const newest = Number(database.get('SELECT max(seq) AS seq FROM journal')?.seq ?? 0);
  const open = database.get(`SELECT min(seq) AS seq FROM (${unconcluded})`)?.seq;
  const end = Math.min(newest - keep, typeof open === 'number' ? open - 1 : newest);
  const row = database.get('SELECT seq, hash FROM journal WHERE seq = ?', end);
  if (row === undefined) return;
  database.run(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    anchorKey,
    `${end} ${String(row.hash)}`,
  );
  database.run('DELETE FROM journal WHERE seq <= ?', end);
}
