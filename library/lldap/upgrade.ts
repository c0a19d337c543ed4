import { forwardOnly } from '../forward-only.ts';

/**
 * lldap changes its database at the first start of a newer version and ends at once on one that is newer than it knows
 * (`migrate_from_version` in its `server/src/sql_migrations.rs`). Its minor versions are what others call major.
 */
export const lldapUpgrade = forwardOnly({ refuses: 2, warns: 2 });
