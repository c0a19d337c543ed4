import type { Platform } from './platform.ts';

/** A static `nc` that knows `-z`; the same image that fills volumes on Docker hosts. */
export const waitImage = 'busybox:1.37.0-musl';

/** Whether a workload waits for another one's port on Kubernetes, which an init container of this image does. */
export function hasWaits({ workloads, links }: Platform): boolean {
  const ways = new Set(links.flatMap(({ from, to, protocol }) => (protocol === 'tcp' ? [`${from} ${to}`] : [])));
  return workloads.some(({ id, needs }) => needs.some(({ workload }) => ways.has(`${id} ${workload}`)));
}
