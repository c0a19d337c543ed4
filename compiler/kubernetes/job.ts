import type { Job, Platform, Workload } from '../model/platform.ts';
import { workloadMetadata } from './names.ts';
import type { JobSpec, KubernetesObject } from './objects.ts';
import { podTemplate } from './pod.ts';

/** The controller waits 10 s before it tries again, then twice as long each time, and never more than 6 minutes. */
const firstBackoffSeconds = 10;
const longestBackoffSeconds = 360;
/** A run that could not begin in this time is left out until the next one. */
const startingDeadlineSeconds = 600;

/**
 * What Argo CD and Flux do with a Job that changed, whose template is immutable: they make it anew
 * (https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/, https://fluxcd.io/flux/components/kustomize/kustomizations/).
 */
const replaced = {
  'argocd.argoproj.io/sync-options': 'Force=true,Replace=true',
  'kustomize.toolkit.fluxcd.io/force': 'enabled',
};

/** A Job that runs once, or the CronJob that makes one at each of its times. */
export function jobObject(platform: Platform, workload: Workload, job: Job): KubernetesObject {
  const metadata = workloadMetadata(platform, workload, workload.origin);
  const spec = jobSpec(platform, workload, job);
  if (job.at.kind === 'once') {
    const annotations = { ...metadata.annotations, ...replaced };
    return { apiVersion: 'batch/v1', kind: 'Job', metadata: { ...metadata, annotations }, body: { spec } };
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    body: {
      spec: {
        schedule: scheduleOf(job.at.fields),
        timeZone: job.at.timezone,
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: { metadata: { labels: metadata.labels }, spec },
      },
    },
  };
}

/**
 * A run has its time in the pod; the Job has time for all runs and the pauses between them, so that one which no node
 * takes ends as well. A run that a drained node ends is no failed one. A failed pod stays, with its log.
 */
function jobSpec(platform: Platform, workload: Workload, { retries, timeoutMs }: Job): JobSpec {
  const copies = workload.replicas ?? 1;
  const disrupted = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
  return {
    ...(copies === 1 ? {} : { completions: copies, parallelism: copies }),
    backoffLimit: retries,
    activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) * (retries + 1) + pausesSeconds(retries),
    podFailurePolicy: { rules: [disrupted] },
    template: podTemplate(platform, workload),
  };
}

function pausesSeconds(retries: number): number {
  const pauses = Array.from({ length: retries }, (_, index) => firstBackoffSeconds * 2 ** index);
  return pauses.reduce((sum, pause) => sum + Math.min(longestBackoffSeconds, pause), 0);
}

/** Five fields as Kubernetes reads them: its week ends with Saturday, 6, and Sunday is 0 alone. */
export function scheduleOf(fields: string): string {
  const parts = fields.split(' ');
  const week = (parts[4] ?? '*').split(',').map((part) => withoutSeven(part));
  return [...parts.slice(0, 4), week.join(',')].join(' ');
}

function withoutSeven(part: string): string {
  if (part === '7') return '0';
  const [, from, step = '1'] = /^(\d)-7(?:\/(\d+))?$/.exec(part) ?? [];
  if (from === undefined || Number(step) === 0) return part;
  const days: number[] = [];
  for (let day = Number(from); day <= 7; day += Number(step)) days.push(day % 7);
  return [...new Set(days)].sort((a, b) => a - b).join(',');
}
