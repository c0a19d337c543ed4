import type { BackupHost, SavedDump, SavedPart } from '../../compiler/model/backup.ts';
import { nearestName } from '../../compiler/model/nearest.ts';
import type { Platform, Workload } from '../../compiler/model/platform.ts';
import { type BackupContext, BackupFailed } from './context.ts';

/** How one part comes back, decided before anything is touched. */
export interface RestorePlan {
  readonly part: SavedPart;
  readonly at: BackupHost;
  /** Every volume whose content is replaced, by id. */
  readonly volumes: readonly RestoredVolume[];
  /** Those that have a program that takes them back in. */
  readonly dumps: readonly SavedDump[];
  /** Dumps that only a person can take back in. */
  readonly byHand: readonly SavedDump[];
  /** Workloads that use the volumes, in the order in which they start. */
  readonly own: readonly Workload[];
  /** Workloads that use the part and must not while a dump is taken in, in the order in which they start. */
  readonly clients: readonly Workload[];
}

export interface RestoredVolume {
  readonly id: string;
  /** In the engine. */
  readonly name: string;
  /** Its folder in a copy; absent: it is emptied, and a dump brings back what was in it. */
  readonly path?: string;
}

/** Throws `BackupFailed` for a name that is none, with the nearest one. */
export function partNamed({ backup }: Pick<BackupContext, 'backup'>, name: string): SavedPart {
  const found = backup.parts.find(({ id }) => id === name);
  if (found !== undefined) return found;
  const names = backup.parts.map(({ id }) => id);
  const near = nearestName(name, names);
  throw new BackupFailed(
    'usage',
    `the backup holds nothing that is called '${name}'`,
    near === undefined ? `name one of ${names.join(', ') || 'those that have volumes'}` : `did you mean '${near}'?`,
  );
}

export function restorePlan(
  { platform, backup }: Pick<BackupContext, 'platform' | 'backup'>,
  part: SavedPart,
): RestorePlan {
  const at = backup.hosts.find(({ host }) => host === part.host);
  if (at === undefined) throw new Error(`no job saves host ${part.host}`);
  const dumps = part.dumps.filter(({ load }) => load !== undefined);
  const covered = dumps.flatMap(({ covers }) => covers);
  const volumes = [
    ...part.volumes.map(({ volume, path }) => ({ id: volume, name: volumeName(platform, volume), path })),
    ...covered.map((id) => ({ id, name: volumeName(platform, id) })),
  ];
  const changed = new Set(volumes.map(({ id }) => id));
  const own = inOrder(
    platform.workloads.filter(
      ({ id, job, mounts }) =>
        job === undefined &&
        (part.workloads.includes(id) || mounts.some((mount) => mount.kind === 'volume' && changed.has(mount.volume))),
    ),
  );
  const isLoadedWhileRunning = dumps.some(({ load }) => load?.while === 'running');
  return {
    part,
    at,
    volumes,
    dumps,
    byHand: part.dumps.filter(({ load }) => load === undefined),
    own,
    clients: isLoadedWhileRunning ? clientsOf(platform, own) : [],
  };
}

/** Programs that need these ones, and those that need them in turn. */
function clientsOf({ workloads }: Platform, own: readonly Workload[]): readonly Workload[] {
  const reached = new Set(own.map(({ id }) => id));
  const clients: Workload[] = [];
  for (let before = -1; before !== clients.length; ) {
    before = clients.length;
    for (const workload of workloads) {
      const isClient = workload.job === undefined && workload.needs.some((need) => reached.has(need.workload));
      if (!isClient || reached.has(workload.id)) continue;
      reached.add(workload.id);
      clients.push(workload);
    }
  }
  return inOrder(clients);
}

/** Each after those that it needs. */
function inOrder(workloads: readonly Workload[]): readonly Workload[] {
  const left = new Map(workloads.map((workload) => [workload.id, workload]));
  const order: Workload[] = [];
  while (left.size > 0) {
    const free = [...left.values()].filter(({ needs }) => !needs.some((need) => left.has(need.workload)));
    // A circle of needs was refused by the compiler; were there one, it would not be waited for.
    for (const workload of free.length > 0 ? free : left.values()) {
      order.push(workload);
      left.delete(workload.id);
    }
  }
  return order;
}

export function volumeName({ name, volumes }: Platform, id: string): string {
  return volumes.find((volume) => volume.id === id)?.external ?? `${name}-${id}`;
}
