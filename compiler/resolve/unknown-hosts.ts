import type { Host, Workload } from '../model/platform.ts';
import type { Expanded } from './expand.ts';

/**
 * Workloads whose `placement` names no host stand on the one that was meant and on no other, so that nothing is said of
 * a host that they were never to run on. What is wrong with the name is told by itself, and nothing is rendered.
 */
export function onNamedHosts(
  workloads: readonly Workload[],
  expanded: readonly Expanded[],
  hosts: readonly Host[],
): readonly Workload[] {
  const meant = new Map(
    expanded.flatMap(({ part: { placement }, fragment }) =>
      placement === undefined || hosts.some(({ id }) => id === placement)
        ? []
        : (fragment.workloads ?? []).map(({ id }) => [id, placement] as const),
    ),
  );
  if (meant.size === 0) return workloads;
  return workloads.map((workload) => ({ ...workload, host: meant.get(workload.id) ?? workload.host }));
}
