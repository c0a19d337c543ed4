import type { Backup, SavedPart } from '../compiler/model/backup.ts';
import type { Platform } from '../compiler/model/platform.ts';
import { partNamed, restorePlan } from '../reconciler/backup.ts';
import type { Options } from './commands.ts';

interface Cluster {
  readonly platform: Platform;
  readonly backup: Backup;
}

/**
 * What to type for a platform on a cluster, where AutoGit itself changes nothing: the same steps with `kubectl`, ready for a
 * shell. Throws `BackupFailed` for a part that is none.
 */
export function kubectlText(cluster: Cluster, action: string, part: string | undefined, options: Options): string {
  const { platform, backup } = cluster;
  const [main] = backup.hosts;
  if (main === undefined) throw new Error('a backup without a host');
  const head = [
    `# AutoGit does not work on the cluster itself: these commands do it, in a POSIX shell with kubectl.`,
    `kube() { kubectl${platform.cluster.context === undefined ? '' : ` --context ${platform.cluster.context}`} -n ${platform.cluster.namespace} "$@"; }`,
    ...jobFunction,
  ];
  const subset = typeof options.readDataSubset === 'string' ? `, "--read-data-subset=${options.readDataSubset}"` : '';
  const jobs: Readonly<Record<string, () => readonly string[]>> = {
    run: () => [
      ...[...main.dumps, main.job].map(
        (job) => `kube create job --from=cronjob/${platform.name}-${job} ${platform.name}-${job}-now`,
      ),
      `until kube get job/${platform.name}-${main.job}-now -o 'jsonpath={.status.conditions[*].type}' | grep -Eq 'Complete|Failed'; do sleep 2; done`,
      `kube logs job/${platform.name}-${main.job}-now`,
      `kube delete job ${[...main.dumps, main.job].map((job) => `${platform.name}-${job}-now`).join(' ')}`,
    ],
    list: () => [
      `job ${platform.name}-${main.job} '["snapshots", "--no-lock", "--tag", "${backup.tag}"]' '["DAC_OVERRIDE"]'`,
    ],
    verify: () => [`job ${platform.name}-${main.job} '["check"${subset}]' '["DAC_OVERRIDE"]'`],
    restore: () => restoring(cluster, main.job, partNamed(cluster, part ?? ''), options),
  };
  return `${[...head, ...(jobs[action]?.() ?? [])].join('\n')}\n`;
}

const container = '/spec/template/spec/containers/0';
const patch = `[{"op": "add", "path": "/spec/template/spec/initContainers", "value": []}, {"op": "add", "path": "${container}/args", "value": %s}, {"op": "add", "path": "${container}/securityContext/capabilities/add", "value": %s}]`;

/**
 * A job like that of a CronJob with other arguments (and capabilities: a copy gives files back their owners), on volumes that
 * it may write to. It does not wait for what was stopped, but for its own end, and shows what was said.
 */
const jobFunction = [
  'job() {',
  `  kube create job --from="cronjob/$1" "$1-now" --dry-run=client -o json | sed 's/"readOnly": true/"readOnly": false/' |`,
  `    kubectl patch --local -f - --type=json -o json -p "$(printf '${patch}' "$2" "$3")" |`,
  '    kube apply -f -',
  '  until kube get "job/$1-now" -o "jsonpath={.status.conditions[*].type}" | grep -Eq "Complete|Failed"; do sleep 2; done',
  '  kube logs "job/$1-now"; kube delete job "$1-now"',
  '}',
];

function restoring({ platform, backup }: Cluster, job: string, part: SavedPart, options: Options): readonly string[] {
  const plan = restorePlan({ platform, backup }, part);
  const copy = typeof options.snapshot === 'string' ? options.snapshot : 'latest';
  const restore = (path: string) =>
    `job ${platform.name}-${job} '["restore", "${copy}", "--tag", "${backup.tag}", "--target", "/", "--include", "${path}"]' '["CHOWN", "DAC_OVERRIDE", "FOWNER"]'`;
  const isRunning = plan.dumps.some(({ load }) => load?.while === 'running');
  const stopped = isRunning ? plan.clients : [...plan.clients, ...plan.own];
  const scale = (replicas: (workload: string) => number) =>
    stopped.map(
      ({ id, stateful }) =>
        `kube scale ${stateful ? 'statefulset' : 'deployment'}/${platform.name}-${id} --replicas=${replicas(id)}`,
    );
  const again = (id: string): number => platform.workloads.find((workload) => workload.id === id)?.replicas ?? 1;
  return [
    '# Argo CD or Flux would start again what is stopped: pause them first.',
    ...scale(() => 0),
    ...part.volumes.map(({ path }) => restore(path)),
    ...plan.dumps.flatMap((dump) => [
      restore(dump.path),
      dump.load?.volumes.length === 0
        ? `job ${platform.name}-${dump.job} '["load", "${dump.folder}/${dump.id}"]' '[]'`
        : `# The dump ${dump.id} has to be taken in by hand.`,
    ]),
    ...scale(again),
  ];
}
