import type { ExpandContext } from '../../compiler/model/component.ts';
import type { Dump, Said } from '../../compiler/model/facts.ts';
import type { Config, Job, Mount, Volume, Workload } from '../../compiler/model/platform.ts';
import { millisecondsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { ScheduleSpec } from '../../schema/spec.ts';
import { ownVolume } from '../own-volume.ts';
import { dumpScript } from './dump-script.ts';

export const dumpPath = '/etc/autogit/dump.sh';
/** Where a dump job finds its own volume. */
export const dumpFolder = '/dumps';

export function jobAt({ at, timezone, timeout, retries }: ScheduleSpec, origin: string): Job {
  return {
    origin,
    at: at === 'once' ? { kind: 'once' } : { kind: 'cron', fields: at, timezone },
    timeoutMs: millisecondsIn(timeout),
    retries,
  };
}

/** Id of the job that takes a dump, and of the volume that holds it. */
export function dumpId(id: string, dump: Dump): string {
  return `${id}-${dump.id}`;
}

/** The volume of a dump: made anew by each run, so it is in no backup itself. */
export function dumpVolume(id: string, dump: Dump, origin: string): Volume {
  const own = dumpId(id, dump);
  return { id: own, workload: own, origin, sizeBytes: 10 * 2 ** 30, backup: false };
}

export interface DumpParts {
  readonly workloads: readonly Workload[];
  readonly config: Config;
}

/** The job that takes a dump with the programs of its own component, at the times of the backup. */
export function dumpJob(dump: Said<Dump>, job: Job, context: ExpandContext): DumpParts {
  const { origin } = context;
  const own = dumpId(context.id, dump);
  const { apart } = dump;
  const config: Config = {
    id: `${own}-script`,
    workload: own,
    origin,
    file: 'dump.sh',
    text: dumpScript(apart.script, `${dumpFolder}/${dump.id}`, apart.load?.script),
  };
  const host = { ...context.host, id: dump.host };
  const owner = ownVolume({ id: own, ...apart.user }, { ...context, id: own, host });
  const workload: Workload = {
    id: own,
    origin,
    component: 'dump',
    host: dump.host,
    image: apart.image,
    entrypoint: ['/bin/sh', dumpPath],
    command: [],
    job,
    environment: [],
    ports: [],
    mounts: [
      { kind: 'volume', volume: own, path: dumpFolder, readOnly: false },
      { kind: 'config', config: config.id, path: dumpPath },
      { kind: 'tmpfs', path: '/tmp' },
      ...apart.volumes.map(({ volume, path }): Mount => ({ kind: 'volume', volume, path, readOnly: false })),
      ...apart.secrets.map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
    ],
    needs: [
      { workload: dump.workload, condition: 'healthy', origin },
      ...owner.map(({ id }) => ({ workload: id, condition: 'done' as const, origin })),
    ],
    limits: { cpus: 0.5, memoryBytes: 128 * 2 ** 20 },
    user: apart.user,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: false,
    stopGraceMs: 10_000,
  };
  return { workloads: [workload, ...owner], config };
}
