import { compareText, sortedById } from '../model/order.ts';
import type { Need, Workload } from '../model/platform.ts';
import type { Expanded } from './expand.ts';

/**
 * Every workload, sorted by id, with all its lists in an order that the file does not decide, and with its needs on
 * workloads in place of roles: who needs the database waits for the server and for the program that makes its role.
 * A need that leads nowhere is left out; `referenceFindings` reports it.
 */
export function workloadsOf(expanded: readonly Expanded[]): readonly Workload[] {
  const owned = new Map(expanded.map(({ owner, fragment }) => [owner, fragment.workloads ?? []]));
  const all = expanded.flatMap(({ fragment }) => fragment.workloads ?? []);
  const byId = new Map(all.map((workload) => [workload.id, workload]));
  // Between the workloads of one owner a need names the workload itself.
  const meant = (from: Workload, need: Need): readonly Workload[] => {
    const targets = owned.get(need.workload) ?? [];
    if (!targets.includes(from)) return targets;
    const target = byId.get(need.workload);
    return target === undefined ? [] : [target];
  };
  return sortedById(
    all.map((workload) => ({
      ...workload,
      environment: [...workload.environment].sort((a, b) => compareText(a.name, b.name)),
      ports: [...workload.ports].sort((a, b) => compareText(a.name, b.name)),
      mounts: [...workload.mounts].sort((a, b) => compareText(a.path, b.path) || compareText(a.kind, b.kind)),
      capabilities: [...workload.capabilities].sort(compareText),
      needs: workload.needs.flatMap((need) => meant(workload, need).map((to) => needOn(to, need))).sort(byWorkload),
    })),
  );
}

/**
 * Nobody can wait for the health of what has no health check, nor for the next run of a job that comes at its times. Of
 * a job that runs once, healthy means that it ended well.
 */
function needOn(to: Workload, { condition, origin }: Need): Need {
  const wait = condition === 'healthy' && to.job?.at.kind === 'once' ? 'done' : condition;
  return { workload: to.id, condition: wait === 'healthy' && to.health === undefined ? 'started' : wait, origin };
}

function byWorkload(a: Need, b: Need): number {
  return compareText(a.workload, b.workload);
}
