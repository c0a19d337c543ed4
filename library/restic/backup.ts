import type { Backup, BackupHost, SavedDump, SavedPart } from '../../compiler/model/backup.ts';
import type { ExpandContext } from '../../compiler/model/component.ts';
import type { Dump, Said } from '../../compiler/model/facts.ts';
import { sortedById } from '../../compiler/model/order.ts';
import type { ResticSpec } from '../../schema/spec.ts';
import { dumpFolder, dumpId, dumpPath } from './jobs.ts';
import { dumpInCopy, folderInCopy, labelOf, type Saved, tagOf } from './saved.ts';

/** What the copies hold, part by part, and the way back of each: what `autogit backup` goes by. */
export function backupOf(spec: ResticSpec, context: ExpandContext, saved: readonly Saved[], script: string): Backup {
  const { id, platform } = context;
  return {
    tag: tagOf(platform),
    password: spec.password,
    repository: spec.repository,
    hosts: saved.map(
      (each): BackupHost => ({
        host: each.host,
        job: each.job,
        script,
        label: labelOf(platform, each.host),
        dumps: each.dumps.map((dump) => dumpId(id, dump)),
      }),
    ),
    parts: sortedById(saved.flatMap((each) => partsOf(id, each))),
  };
}

function partsOf(backup: string, { host, volumes, dumps }: Saved): readonly SavedPart[] {
  const owners = [...new Set([...volumes, ...dumps].map(({ owner }) => owner))];
  return owners.map((id) => {
    const ofPart = {
      volumes: volumes.filter(({ owner }) => owner === id),
      dumps: dumps.filter(({ owner }) => owner === id),
    };
    return {
      id,
      host,
      workloads: [...new Set([...ofPart.dumps, ...ofPart.volumes].map(({ workload }) => workload))],
      volumes: ofPart.volumes.map((volume) => ({ volume: volume.id, path: folderInCopy(volume.id) })),
      dumps: ofPart.dumps.map((dump) => dumpOf(backup, dump)),
    };
  });
}

function dumpOf(backup: string, dump: Said<Dump>): SavedDump {
  const { load } = dump.apart;
  return {
    id: dump.id,
    path: dumpInCopy(dump.id),
    job: dumpId(backup, dump),
    script: dumpPath,
    volume: dumpId(backup, dump),
    folder: dumpFolder,
    covers: dump.covers,
    ...(load === undefined ? {} : { load: { while: load.while, volumes: load.volumes } }),
  };
}
