import type { ExpandContext, PartContext } from '../../compiler/model/component.ts';
import type { Dump, Said } from '../../compiler/model/facts.ts';
import type { Volume } from '../../compiler/model/platform.ts';

/** What is saved on one host. */
export interface Saved {
  /** Id of the host; on Kubernetes there is one of all. */
  readonly host: string;
  /** Its job: that of the main host bears the id of the part. */
  readonly job: string;
  readonly volumes: readonly Said<Volume>[];
  readonly dumps: readonly Said<Dump>[];
}

/** Everything that is to be saved, by host, the main host first. A volume whose content a dump holds is left out. */
export function savedBy({ id, host, platform, facts }: ExpandContext): readonly Saved[] {
  const covered = new Set(facts.dumps.flatMap(({ covers }) => covers));
  const volumes = facts.volumes.filter(
    (volume) => volume.backup !== false && volume.hostPath === undefined && !covered.has(volume.id),
  );
  if (platform.target === 'kubernetes') return [{ host: host.id, job: id, volumes, dumps: facts.dumps }];
  const others = [...volumes, ...facts.dumps].map((each) => each.host).filter((other) => other !== host.id);
  return [host.id, ...[...new Set(others)].sort()].map((each) => ({
    host: each,
    job: each === host.id ? id : `${id}-${each}`,
    volumes: volumes.filter((volume) => volume.host === each),
    dumps: facts.dumps.filter((dump) => dump.host === each),
  }));
}

/** Marks the copies of a platform. */
export function tagOf({ name }: PartContext['platform']): string {
  return `autogit-${name}`;
}

/** Which of its hosts a copy is of: a container has another name each time. */
export function labelOf({ name, target }: PartContext['platform'], host: string): string {
  return target === 'kubernetes' ? name : `${name}-${host}`;
}

/** Where the files of a volume are mounted, and lie in a copy. */
export function folderInCopy(volume: string): string {
  return `/volumes/${volume}`;
}

/** The file of a dump, where it is mounted and in a copy. */
export function dumpInCopy(dump: string): string {
  return `/dumps/${dump}/${dump}`;
}
