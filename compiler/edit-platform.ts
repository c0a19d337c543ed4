/** The door to `edit` for those who rewrite platform files. */
export { type Formatted, format } from './edit/format.ts';
export { type Migrated, migrate, newestVersion } from './edit/migrate.ts';
