import type { ComposeModel, ComposeMount, ComposeService } from '../model/compose-project.ts';
import type { Mount, Platform, Volume, Workload } from '../model/platform.ts';
import { recordOf } from '../model/record.ts';

/** Volumes and folders of the host, in the order of their paths. `platform`: with the volumes of the workload. */
export function volumesOf({ volumes }: Platform, workload: Workload): readonly ComposeMount[] {
  return workload.mounts.flatMap((mount): readonly ComposeMount[] => {
    if (mount.kind !== 'volume') return [];
    const hostPath = volumes.find(({ id }) => id === mount.volume)?.hostPath;
    const access = mount.readOnly ? { read_only: true as const } : {};
    if (hostPath === undefined) return [{ type: 'volume', source: mount.volume, target: mount.path, ...access }];
    // A folder that an engine makes by itself would be empty and root's: better that the start fails.
    return [{ type: 'bind', source: hostPath, target: mount.path, ...access, bind: { create_host_path: false } }];
  });
}

/** Folders that are everybody's in every image. */
const everybodys: readonly string[] = ['/tmp', '/var/tmp', '/dev/shm'];

/**
 * The sticky bit as on any `/tmp`; without a size a tmpfs may fill half of the host's memory. The owner is named because
 * runc before 1.2 gives a tmpfs the mode of the image's folder below it: 0755, and then only the owner may write.
 */
export function tmpfsOf(mount: Mount, user: Workload['user']): readonly string[] {
  if (mount.kind !== 'tmpfs') return [];
  const owner = user === undefined || everybodys.includes(mount.path) ? [] : [`uid=${user.uid}`, `gid=${user.gid}`];
  const size = mount.sizeBytes === undefined ? [] : [`size=${mount.sizeBytes}`];
  return [`${mount.path}:${['mode=1777', ...owner, ...size].join(',')}`];
}

export function configMounts(workload: Workload): NonNullable<ComposeService['configs']> {
  return workload.mounts.flatMap((mount) =>
    mount.kind === 'config' ? [{ source: mount.config, target: mount.path }] : [],
  );
}

/** The volumes of a project: all that its workloads mount, but folders of the host. An external one is never made or labelled. */
export function projectVolumes(platform: Platform, workloads: readonly Workload[]): ComposeModel['volumes'] {
  const known = new Map(platform.volumes.map((volume) => [volume.id, volume]));
  const mounts = workloads.flatMap((workload) => workload.mounts);
  const mounted = [...new Set(mounts.flatMap((mount) => (mount.kind === 'volume' ? [mount.volume] : [])))].sort();
  return recordOf(
    mounted
      .filter((id) => known.get(id)?.hostPath === undefined)
      .map((id) => [id, projectVolume(platform, id, known.get(id))]),
  );
}

function projectVolume({ name }: Platform, id: string, volume: Volume | undefined): ComposeModel['volumes'][string] {
  if (volume?.external !== undefined) return { name: volume.external, external: true };
  return { name: `${name}-${id}`, labels: { 'autogit.dev/platform': name } };
}
