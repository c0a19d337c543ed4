import { StoreDown } from '../model/store-down.ts';
import type { Database } from './database.ts';
import type { Migration } from './migrations/all.ts';

/** "AGit": marks the file as ours in its header, bytes 68 to 71. */
const applicationId = 0x41476974;

/**
 * Brings an open database to the newest schema, one transaction per step. A new file has version 0.
 * Throws `StoreDown` for a file of another program or of a newer AutoGit, without a change to it.
 * @param backup called once before the first step on a database that already holds something
 */
export function migrate(
  database: Database,
  migrations: readonly Migration[],
  path: string,
  backup: (version: number) => void,
): void {
  const version = numberOf(database, 'user_version');
  const newest = migrations.at(-1)?.version ?? 0;
  const application = numberOf(database, 'application_id');
  const empty = Number(database.get('SELECT count(*) AS n FROM sqlite_schema')?.n) === 0;
  if (!empty && application !== applicationId) {
    throw new StoreDown('unusable', `${path} is a database of another program; name another state folder`);
  }
  if (version > newest) {
    throw new StoreDown(
      'unusable',
      `${path} was written by a newer AutoGit (schema ${version}, this one knows ${newest}); run that version, or name another state folder`,
    );
  }
  if (version > 0 && version < newest) backup(version);
  for (const step of migrations.filter((candidate) => candidate.version > version)) {
    database.write(() => {
      database.script(step.sql);
      database.script(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${step.version};`);
    });
  }
}

function numberOf(database: Database, pragma: 'user_version' | 'application_id'): number {
  return Number(database.get(`PRAGMA ${pragma}`)?.[pragma]);
}
