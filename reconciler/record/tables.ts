import { createHash } from 'node:crypto';
import { type CommitFiles, filesText } from '../model/commit-files.ts';
import type { Decision } from '../model/decision.ts';
import type { AuditEvent, InventoryEntry, RevisionRecord } from '../model/record.ts';
import type { Database, Row } from './database.ts';

/** What we own. Each row holds a sum over its fields: deletions are decided from it. */
export function openInventory(database: Database): {
  list(): readonly InventoryEntry[];
  has(entry: InventoryEntry): boolean;
  add(entry: InventoryEntry): void;
  remove(host: string, unit: string, name: string): void;
} {
  return {
    list: () => database.all('SELECT * FROM inventory ORDER BY host, unit, name').map(toEntry),
    has: (entry) =>
      database.get(
        'SELECT sum FROM inventory WHERE host = ? AND unit = ? AND name = ?',
        entry.host,
        entry.unit,
        entry.name,
      )?.sum === sumOf(entryFields(entry)),
    add(entry) {
      const fields = entryFields(entry);
      database.run(
        'INSERT INTO inventory (host, unit, name, kind, id, sum) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind, id = excluded.id, sum = excluded.sum',
        ...fields,
        sumOf(fields),
      );
    },
    remove: (host, unit, name) =>
      void database.run('DELETE FROM inventory WHERE host = ? AND unit = ? AND name = ?', host, unit, name),
  };
}

/** Which revisions were tried and what became of them, newest change first. */
export function openRevisions(
  database: Database,
  keep: { readonly revisions: number; readonly sources: number },
): {
  list(limit: number): readonly RevisionRecord[];
  has(record: RevisionRecord): boolean;
  set(record: RevisionRecord): void;
} {
  return {
    list: (limit) => database.all('SELECT * FROM revision ORDER BY changed DESC LIMIT ?', limit).map(toRevision),
    has: (record) =>
      database.get(
        'SELECT sum FROM revision WHERE revision = ? AND changed = (SELECT max(changed) FROM revision)',
        record.revision,
      )?.sum === sumOf(revisionFields(record)),
    set(record) {
      const fields = revisionFields(record);
      const sum = sumOf(fields);
      database.run(
        `INSERT INTO revision (revision, at, state, reason, source, lock, files, sum, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT ifnull(max(changed), 0) + 1 FROM revision))
         ON CONFLICT DO UPDATE SET at = excluded.at, state = excluded.state, reason = excluded.reason, source = excluded.source, lock = excluded.lock, files = excluded.files, sum = excluded.sum, changed = excluded.changed`,
        ...fields.slice(0, 5),
        record.lock ?? null,
        filesText(record.files) || null,
        sum,
      );
      dropOldSources(database, keep.sources);
      database.run(
        `DELETE FROM revision WHERE changed <= (SELECT max(changed) FROM revision) - ? AND revision NOT IN (${newestApplied})`,
        keep.revisions,
      );
    },
  };
}

const newestApplied = "SELECT revision FROM revision WHERE state = 'applied' ORDER BY changed DESC LIMIT 1";

/** The text of the newest applied ones stays, for a roll-back without Git. */
function dropOldSources(database: Database, keep: number): void {
  const old = database.all(
    "SELECT * FROM revision WHERE state = 'applied' AND source IS NOT NULL ORDER BY changed DESC LIMIT -1 OFFSET ?",
    keep,
  );
  for (const row of old) {
    const { source: _, lock: __, files: ___, ...record } = toRevision(row);
    database.run(
      'UPDATE revision SET source = NULL, lock = NULL, files = NULL, sum = ? WHERE revision = ?',
      sumOf(revisionFields(record)),
      record.revision,
    );
  }
}

/** Decisions and events, newest first, bounded. */
export function openHistory(
  database: Database,
  keep: { readonly decisions: number; readonly events: number },
): {
  addDecision(decision: Decision): void;
  decisions(pool: string, limit: number): readonly Decision[];
  addEvent(event: AuditEvent): void;
  events(limit: number): readonly AuditEvent[];
} {
  return {
    addDecision(decision) {
      database.run(
        'INSERT INTO decision (pool, at, body) VALUES (?, ?, ?)',
        decision.pool,
        Math.trunc(decision.at),
        JSON.stringify(decision),
      );
      database.run(
        'DELETE FROM decision WHERE pool = ?1 AND seq <= (SELECT seq FROM decision WHERE pool = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)',
        decision.pool,
        keep.decisions,
      );
    },
    decisions: (pool, limit) =>
      database
        .all('SELECT body FROM decision WHERE pool = ? ORDER BY seq DESC LIMIT ?', pool, limit)
        .map((row) => JSON.parse(String(row.body)) as Decision),
    addEvent(event) {
      database.run('INSERT INTO event (at, body) VALUES (?, ?)', Math.trunc(event.at), JSON.stringify(event));
      database.run('DELETE FROM event WHERE seq <= (SELECT max(seq) FROM event) - ?', keep.events);
    },
    events: (limit) =>
      database
        .all('SELECT body FROM event ORDER BY seq DESC LIMIT ?', limit)
        .map((row) => JSON.parse(String(row.body)) as AuditEvent),
  };
}

/** Says which row of inventory or revisions is not as it was written, or `undefined`. */
export function findChangedRow(database: Database): string | undefined {
  for (const row of database.each('SELECT * FROM inventory')) {
    if (row.sum !== sumOf(entryFields(toEntry(row))))
      return `the inventory row of ${String(row.name)} is not as it was written`;
  }
  for (const row of database.each('SELECT * FROM revision')) {
    if (row.sum !== sumOf(revisionFields(toRevision(row))))
      return `the row of revision ${String(row.revision)} is not as it was written`;
  }
  return undefined;
}

type Fields = readonly (string | number | null)[];

const entryFields = (entry: InventoryEntry): Fields => [entry.host, entry.unit, entry.name, entry.kind, entry.id];
const revisionFields = (record: RevisionRecord): Fields => [
  record.revision,
  Math.trunc(record.at),
  record.state,
  record.reason ?? null,
  record.source ?? null,
  // Rows of the time before locks and files keep their sums.
  ...(record.lock === undefined && record.files === undefined ? [] : [record.lock ?? null]),
  ...(record.files === undefined ? [] : [filesText(record.files)]),
];
const sumOf = (fields: Fields): string => createHash('sha256').update(JSON.stringify(fields)).digest('hex');

function toEntry(row: Row): InventoryEntry {
  const { host, unit, name, kind, id } = row as unknown as InventoryEntry;
  return { host, kind, unit, name, id };
}

function toRevision(row: Row): RevisionRecord {
  const { revision, at, state, reason, source, lock, files } = row as unknown as Omit<RevisionRecord, 'files'> & {
    reason: string | null;
    source: string | null;
    lock: string | null;
    files: string | null;
  };
  return {
    ...{ revision, at, state },
    ...(reason === null ? {} : { reason }),
    ...(source === null ? {} : { source }),
    ...(lock === null ? {} : { lock }),
    ...(files === null ? {} : { files: JSON.parse(files) as CommitFiles }),
  };
}
