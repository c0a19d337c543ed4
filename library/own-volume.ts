import type { ExpandContext } from '../compiler/model/component.ts';
import type { Workload } from '../compiler/model/platform.ts';
import { waitImage } from '../compiler/model/wait-image.ts';

export interface OwnedVolume {
  readonly id: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The job that gives a volume to the user of its program, before the program starts. On Docker a new volume belongs to
 * root unless the image has a folder of another user there; on Kubernetes `fsGroup` does the same, and there is no job.
 * Its id is `<workload>-owner`, and the workload has to need it with the condition `done`.
 */
export function ownVolume({ id, uid, gid }: OwnedVolume, context: ExpandContext): readonly Workload[] {
  if (context.platform.target === 'kubernetes') return [];
  const { origin, host } = context;
  return [
    {
      id: `${context.id}-owner`,
      origin,
      component: 'owner',
      host: host.id,
      image: waitImage,
      entrypoint: ['/bin/chown'],
      command: [`${uid}:${gid}`, '/data'],
      job: { origin, at: { kind: 'once' }, timeoutMs: 60_000, retries: 3 },
      environment: [],
      ports: [],
      mounts: [{ kind: 'volume', volume: id, path: '/data', readOnly: false }],
      needs: [],
      limits: { cpus: 0.2, memoryBytes: 32 * 2 ** 20 },
      user: { uid: 0, gid: 0 },
      readOnlyRoot: true,
      capabilities: ['CHOWN'],
      internet: false,
      stateful: false,
      stopGraceMs: 5_000,
    },
  ];
}

/** What the main workload needs so that it starts with a volume of its own. */
export function ownNeeds({ id, origin, platform }: ExpandContext): Workload['needs'] {
  if (platform.target === 'kubernetes') return [];
  return [{ workload: `${id}-owner`, condition: 'done', origin }];
}
