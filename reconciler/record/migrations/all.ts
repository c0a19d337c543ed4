import { journal } from './001-journal.ts';
import { observations } from './002-observations.ts';
import { lock } from './003-lock.ts';
import { files } from './004-files.ts';

/** One step of the database's shape. A released one is never edited; a change is a new one with the next number. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** In order; the last one's version is the newest schema that this program knows. */
export const migrations: readonly Migration[] = [journal, observations, lock, files];
