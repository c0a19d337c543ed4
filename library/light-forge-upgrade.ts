import { forwardOnly } from './forward-only.ts';

/**
 * Both forges change their database at the first start of a newer version, over any number of versions, and refuse to
 * start on a database that is newer than they are (https://forgejo.org/docs/latest/admin/upgrade/,
 * https://docs.gitea.com/installation/upgrade-from-gitea).
 */
export const forgeUpgrade = forwardOnly({ refuses: 3, warns: 1 });
