import { forwardOnly } from '../forward-only.ts';

/**
 * Authelia changes its storage at the first start of a newer version, which minor versions bring, and does not start on
 * one that is newer than it knows (https://www.authelia.com/configuration/storage/migrations/).
 */
export const autheliaUpgrade = forwardOnly({
  refuses: 2,
  warns: 2,
  back: [
    'or take the storage back with the newer version: `authelia storage migrate down --target NUMBER --destroy-data`, with the number that `authelia storage migrate list-down` shows for the older one',
  ],
});
