import type { ExpandContext } from '../../compiler/model/component.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { Saved } from './saved.ts';

/** What a backup of the platform does not hold although the file does not leave it out. */
export function notSaved({ facts }: ExpandContext): readonly Finding[] {
  return facts.volumes.flatMap((volume) => {
    if (volume.hostPath === undefined || volume.backup === false) return [];
    return [
      {
        code: 'AG434',
        severity: 'warning',
        pointer: volume.origin,
        message: `${volume.hostPath} is a folder of the host, which the backup does not copy`,
        hint: 'add `backup: false` to it where the host is backed up by itself, or keep the data in a volume',
      },
    ];
  });
}

/** On a cluster, volumes are mounted while their owners run, which only works on the node that has them. */
export function nodeFindings({ platform, origin }: ExpandContext, saved: readonly Saved[]): readonly Finding[] {
  const volumes = saved.flatMap((each) => [...each.volumes, ...each.dumps]);
  if (platform.target !== 'kubernetes' || volumes.length === 0) return [];
  return [
    {
      code: 'AG581',
      severity: 'warning',
      pointer: origin,
      at: 'key',
      message: `the backup mounts ${volumes.map(({ id }) => `'${id}'`).join(', ')} beside their owners, which works on one node only`,
      hint: 'accept AG581 where the cluster has one node or its volumes can be mounted by several; else take snapshots with the tool of your storage',
    },
  ];
}

/** A repository in a folder of a host is there on that host alone. */
export function folderFindings(
  { platform, origin, host }: ExpandContext,
  repository: string,
  saved: readonly Saved[],
): readonly Finding[] {
  const others = saved.filter((each) => each.host !== host.id);
  if (platform.target === 'kubernetes' || !repository.startsWith('/') || others.length === 0) return [];
  return [
    {
      code: 'AG436',
      pointer: pointerTo(origin, 'repository'),
      message: `${repository} is a folder of host '${host.id}', and host '${others[0]?.host}' has something to save too`,
      hint: 'use a repository that all hosts reach, such as `s3:` or `rest:`, or place everything on one host',
    },
  ];
}
