import type { Component, ExpandContext, Fragment, PartContext } from '../../compiler/model/component.ts';
import type { Facts } from '../../compiler/model/facts.ts';
import type { Config, Job, Mount, Volume, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { limitsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { ResticSpec } from '../../schema/spec.ts';
import { backupOf } from './backup.ts';
import { folderFindings, nodeFindings, notSaved } from './findings.ts';
import { dumpId, dumpJob, dumpVolume, jobAt } from './jobs.ts';
import { dumpInCopy, folderInCopy, labelOf, type Saved, savedBy, tagOf } from './saved.ts';
import { backupScript } from './script.ts';

const scriptPath = '/etc/autogit/backup.sh';
/** Where a repository that is a folder of the host is mounted. */
const repositoryPath = '/repository';
const cacheFolder = '/cache';

type Context = ExpandContext<'backup'>;

/** restic: a job for each host, one that makes the repository, and one that reads it back (https://restic.net). */
export const restic: Component<'backup'> = {
  use: 'restic',
  role: 'backup',
  title: 'restic',
  licence: 'BSD-2-Clause',
  image: 'restic/restic:0.19.1',
  oracle: 'restic',
  declare: (parameters, context) => declare(parameters as unknown as ResticSpec, context),
  expand: (parameters, context) => expand(parameters as unknown as ResticSpec, context),
};

function declare(spec: ResticSpec, { id, origin }: PartContext): Facts {
  const folder = folderOf(spec);
  return {
    volumes:
      folder === undefined
        ? []
        : [
            {
              id: repositoryVolume(id),
              workload: id,
              origin: pointerTo(origin, 'repository'),
              sizeBytes: 0,
              hostPath: folder,
              backup: false,
            },
          ],
    secretUses: [
      { secret: spec.password, origin: pointerTo(origin, 'password') },
      ...Object.entries(spec.credentials).map(([variable, secret]) => ({
        secret,
        origin: pointerTo(origin, 'credentials', variable),
      })),
    ],
  };
}

function expand(spec: ResticSpec, context: Context): Fragment {
  const { id, origin, host } = context;
  const saved = savedBy(context);
  const job = jobAt(spec.schedule, pointerTo(origin, 'schedule'));
  const dumps = saved.flatMap((each) => each.dumps.map((dump) => dumpJob(dump, job, context)));
  const jobs = saved.map((each) => resticJob(spec, context, each, { id: each.job, command: 'save', job }));
  const bare: Saved = { host: host.id, job: id, volumes: [], dumps: [] };
  const further = [
    resticJob(spec, context, bare, {
      id: `${id}-init`,
      command: 'init',
      job: { origin, at: { kind: 'once' }, timeoutMs: 600_000, retries: 5 },
    }),
    resticJob(spec, context, bare, {
      id: `${id}-verify`,
      command: 'verify',
      job: jobAt(spec.verify, pointerTo(origin, 'verify')),
    }),
  ];
  return {
    workloads: [...jobs, ...further, ...dumps.flatMap(({ workloads }) => workloads)],
    ready: [`${id}-init`],
    configs: [
      ...saved.map((each) => scriptOf(spec, context, each, each.job, job)),
      ...further.map((each) => scriptOf(spec, context, bare, each.id, job)),
      ...dumps.map(({ config }) => config),
    ],
    volumes: saved.flatMap((each) => [
      ...each.dumps.map((dump) => dumpVolume(id, dump, origin)),
      ...(caches(spec, each) ? [cacheOf(each.job, origin)] : []),
    ]),
    backup: backupOf(spec, context, saved, scriptPath),
    findings: [
      ...notSaved(context),
      ...nodeFindings(context, saved),
      ...folderFindings(context, spec.repository, saved),
    ],
  };
}

function scriptOf(
  spec: ResticSpec,
  { origin, platform, host }: Context,
  saved: Saved,
  workload: string,
  job: Job,
): Config {
  const text = backupScript({
    repository: folderOf(spec) === undefined ? spec.repository : repositoryPath,
    passwordFile: secretPath(spec.password),
    credentials: Object.entries(spec.credentials).map(([variable, secret]) => ({ variable, file: secretPath(secret) })),
    tag: tagOf(platform),
    host: labelOf(platform, saved.host),
    folders: saved.volumes.map((volume) => folderInCopy(volume.id)),
    dumps: saved.dumps.map((dump) => dumpInCopy(dump.id)),
    waitSeconds: Math.floor(Math.min(1800, job.timeoutMs / 2000)),
    keep: spec.keep,
    ...(caches(spec, saved) ? { cacheFolder } : {}),
    tidies: saved.host === host.id,
  });
  return { id: `${workload}-script`, workload, origin, file: 'backup.sh', text };
}

interface ResticJob {
  readonly id: string;
  readonly command: string;
  readonly job: Job;
}

function resticJob(spec: ResticSpec, context: Context, saved: Saved, { id, command, job }: ResticJob): Workload {
  const { origin } = context;
  const secrets = [...new Set([spec.password, ...Object.values(spec.credentials)])];
  return {
    id,
    origin,
    component: 'restic',
    host: saved.host,
    image: spec.image ?? restic.image,
    entrypoint: ['/bin/sh', scriptPath],
    command: [command],
    job,
    environment: [],
    ports: [],
    mounts: [
      ...saved.volumes.map(
        ({ id: volume }): Mount => ({ kind: 'volume', volume, path: folderInCopy(volume), readOnly: true }),
      ),
      ...saved.dumps.map(
        (dump): Mount => ({
          kind: 'volume',
          volume: dumpId(context.id, dump),
          path: `/dumps/${dump.id}`,
          readOnly: true,
        }),
      ),
      ...(folderOf(spec) === undefined
        ? []
        : [{ kind: 'volume', volume: repositoryVolume(context.id), path: repositoryPath, readOnly: false } as const]),
      ...(caches(spec, saved)
        ? [{ kind: 'volume', volume: cacheId(id), path: cacheFolder, readOnly: false } as const]
        : []),
      { kind: 'config', config: `${id}-script`, path: scriptPath },
      { kind: 'tmpfs', path: '/tmp' },
      ...secrets.map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
    ],
    // What is on another host cannot wait for it, and fails until the repository is there.
    needs:
      command === 'init' || saved.host !== context.host.id
        ? []
        : [{ workload: `${context.id}-init`, condition: 'done', origin }],
    limits: limitsIn(spec.limits),
    // Files of every user have to be read, whoever they are readable for.
    user: { uid: 0, gid: 0 },
    readOnlyRoot: true,
    capabilities: ['DAC_OVERRIDE'],
    internet: folderOf(spec) === undefined,
    stateful: false,
    stopGraceMs: 60_000,
  };
}

/** The folder of the host that holds the repository, if it is one. */
function folderOf({ repository }: ResticSpec): string | undefined {
  return repository.startsWith('/') ? repository : undefined;
}

/** What a job of much data remembers of a repository that is far away, so that it need not read it again. */
function caches(spec: ResticSpec, { volumes, dumps }: Saved): boolean {
  return folderOf(spec) === undefined && volumes.length + dumps.length > 0;
}

function cacheId(job: string): string {
  return `${job}-cache`;
}

function cacheOf(job: string, origin: string): Volume {
  return { id: cacheId(job), workload: job, origin, sizeBytes: 2 * 2 ** 30, backup: false };
}

function repositoryVolume(id: string): string {
  return `${id}-repository`;
}
