import type { ImageLicence } from './component.ts';
import type { Need, Platform, Workload } from './platform.ts';

/** A static `nc` that knows `-z`; the same image that fills volumes on Docker hosts. */
export const waitImage = 'busybox:1.37.0-musl';

/** `kubectl`, by the Kubernetes project itself: it alone can tell that a job ended well. */
export const jobWaitImage = 'registry.k8s.io/kubectl:v1.36.3';

/** Both, as whoever runs them may want to know. */
export const waitImages: readonly ImageLicence[] = [
  { image: waitImage, title: 'BusyBox', licence: 'GPL-2.0-only' },
  { image: jobWaitImage, title: 'kubectl', licence: 'Apache-2.0' },
];

/** Whether a workload waits for another one's port on Kubernetes, which an init container of `waitImage` does. */
export function hasWaits({ workloads, links }: Platform): boolean {
  const ways = new Set(links.flatMap(({ from, to, protocol }) => (protocol === 'tcp' ? [`${from} ${to}`] : [])));
  return workloads.some(({ id, needs }) => needs.some(({ workload }) => ways.has(`${id} ${workload}`)));
}

/** Whether a workload waits for the end of a job, which an init container of `jobWaitImage` does. */
export function hasJobWaits({ workloads }: Platform): boolean {
  const jobs = new Map(workloads.map((workload) => [workload.id, workload]));
  return workloads.some(({ needs }) => needs.some((need) => waitsForJob(need, jobs.get(need.workload))));
}

/** A job that comes at its times has no end to wait for. */
export function waitsForJob({ condition }: Need, to: Workload | undefined): boolean {
  return condition === 'done' && to?.job?.at.kind === 'once';
}
