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
    steps:
      now > old
        ? wayUp(to, now)
        : [`stay with PostgreSQL ${old}, or restore a backup that was made with ${now} into another volume`],
  };
}

/** A dump that is loaded into an empty volume; the old volume is the way back. */
function wayUp(to: string, major: number): readonly string[] {
  return [
    '`autogit backup run` takes a dump with all roles and databases; without `backup` in the file, `pg_dumpall` does by hand',
    `name another volume beside the image, \`database: { use: postgres, image: "${to}", volume: data-${major} }\`: it is made empty, and the old one stays`,
    '`autogit backup restore database` loads the dump, with AutoGit stopped meanwhile; nobody uses the database before it is there',
  ];
}
