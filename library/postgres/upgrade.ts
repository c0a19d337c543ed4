import type { Upgrade } from '../../compiler/model/component.ts';
import { imageVersion } from '../../compiler/model/image-version.ts';

/**
 * Files of one major version are not read by another; `pg_upgrade` needs the programs of both, which the image has not
 * (https://www.postgresql.org/docs/current/upgrading.html). Minor versions read each other's files.
 */
export function postgresUpgrade(from: string, to: string): Upgrade {
  const [old, now] = [imageVersion(from)?.[0], imageVersion(to)?.[0]];
  if (old === undefined || now === undefined)
    return { kind: 'warning', reason: 'the tag says no version, and another major version does not read the data' };
  if (old === now) return { kind: 'fine' };
  return {
    kind: 'refused',
    reason: `PostgreSQL ${now} does not read the data of PostgreSQL ${old} and would not start`,
    steps: [
      `with ${from}: pg_dumpall into a file outside the volume`,
      `start ${to} with an empty volume`,
      'restore the file with psql, then let the clients in',
    ],
  };
}
