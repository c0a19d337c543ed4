import type { Upgrade } from '../compiler/model/component.ts';
import { compareVersions, imageVersion } from '../compiler/model/image-version.ts';

/**
 * Both forges change their database at the first start of a newer version, over any number of versions, and refuse to
 * start on a database that is newer than they are (https://forgejo.org/docs/latest/admin/upgrade/,
 * https://docs.gitea.com/installation/upgrade-from-gitea).
 */
export function forgeUpgrade(from: string, to: string): Upgrade {
  const [old, now] = [imageVersion(from), imageVersion(to)];
  if (old === undefined || now === undefined)
    return { kind: 'warning', reason: 'a tag says no version, and an older version does not start on newer data' };
  const step = compareVersions(old, now);
  if (step > 0) {
    return {
      kind: 'refused',
      reason: `version ${now.join('.')} does not start on the database of ${old.join('.')}`,
      steps: [`restore the backup that was made with ${now.join('.')}, or stay with ${old.join('.')}`],
    };
  }
  if (old[0] === now[0]) return { kind: 'fine' };
  return {
    kind: 'warning',
    reason: `from ${old[0]} to ${now[0]} the database is changed at the first start and cannot go back: back it up before`,
  };
}
