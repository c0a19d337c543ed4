import type { ImageLicence } from '../compiler/model/component.ts';
import type { Dump } from '../compiler/model/facts.ts';

export interface SqliteDump {
  /** Of the workload. */
  readonly id: string;
  /** Id of the copy, for a workload whose own id is long; absent means `<id>-database`. Names of jobs have 52 characters. */
  readonly copy?: string;
  readonly origin: string;
  /** Of the database, in the container of the workload and in that which copies it. */
  readonly path: string;
  /** Where the database lies, and the folder that it is mounted at. */
  readonly volume: string;
  readonly folder: string;
  /** Whom the files belong to. */
  readonly user: { readonly uid: number; readonly gid: number };
}

/** No image whose program keeps such a database has one for it; this one has SQLite built in, and comes for every architecture. */
export const sqliteImage: ImageLicence = { image: 'python:3.13-alpine', title: 'Python', licence: 'PSF-2.0' };

/**
 * A copy of a SQLite database by SQLite's own online backup (https://www.sqlite.org/backup.html): the files alone are not
 * consistent while somebody writes. The volume is opened for writing, because readers of a write-ahead log take a lock.
 * To restore, the copy is put in the place of the database while the workload is stopped.
 */
export function sqliteDump({ id, copy = `${id}-database`, origin, path, volume, folder, user }: SqliteDump): Dump {
  const program = [
    'import sqlite3, sys',
    `source = sqlite3.connect("file:${path}?mode=rw", uri=True, timeout=60)`,
    'copy = sqlite3.connect(sys.argv[1])',
    'source.backup(copy)',
    'copy.execute("pragma journal_mode=delete")',
    'good = copy.execute("pragma integrity_check").fetchone()[0]',
    'copy.close()',
    'sys.exit(0 if good == "ok" else good)',
  ].join('; ');
  return {
    id: copy,
    workload: id,
    origin,
    covers: [],
    apart: {
      image: sqliteImage.image,
      script: `python3 -c '${program}' "$1"`,
      user,
      secrets: [],
      volumes: [{ volume, path: folder }],
      load: {
        // The log beside it belongs to the database that is replaced.
        script: `cp "$1" ${path}.new\nrm -f ${path}-wal ${path}-shm ${path}-journal\nmv -f ${path}.new ${path}`,
        while: 'stopped',
        volumes: [],
      },
    },
  };
}
