import { compareText, sortedById } from '../model/order.ts';
import type { Link, Need, Workload } from '../model/platform.ts';
import type { Expanded } from './expand.ts';
import { linksTo } from './links.ts';

/**
 * Every workload, sorted by id, with all its lists in an order that the file does not decide, and with its needs on
 * workloads in place of roles: who needs the database waits for the server and for the program that makes its role.
 * A need that leads nowhere is left out; `referenceFindings` reports it.
 */
export function workloadsOf(expanded: readonly Expanded[]): readonly Workload[] {
  const ready = new Map(expanded.map((each) => [each.owner, readyOf(each)]));
  const all = expanded.flatMap((each) => (each.fragment.workloads ?? []).map((from) => ({ from, owner: each })));
  // Between the workloads of one owner a need names the workload itself.
  const meant = ({ owner, fragment }: Expanded, need: Need): readonly Workload[] => {
    const sibling = fragment.workloads?.find(({ id }) => id === need.workload);
    if (sibling !== undefined) return [sibling];
    return owner === need.workload ? [] : (ready.get(need.workload) ?? []);
  };
  return sortedById(
    all.map(({ from, owner }) => ({
      ...from,
      ...(owner.unplaced && owner.host === from.host ? { unplaced: true as const } : {}),
      environment: [...from.environment].sort((a, b) => compareText(a.name, b.name)),
      ports: [...from.ports].sort((a, b) => compareText(a.name, b.name)),
      mounts: [...from.mounts].sort((a, b) => compareText(a.path, b.path) || compareText(a.kind, b.kind)),
      capabilities: [...from.capabilities].sort(compareText),
      needs: [...from.needs, ...impliedNeeds(from, owner)]
        .flatMap((need) => meant(owner, need).map((to) => needOn(to, need)))
        .sort(byWorkload),
    })),
  );
}

/** The ways of demands that do not wait for their role. */
export function unwaitedLinks(expanded: readonly Expanded[]): readonly Link[] {
  const byOwner = new Map(expanded.map((each) => [each.owner, each]));
  return expanded.flatMap(({ owner, facts }) =>
    (facts.demands ?? []).flatMap(({ role, wait, origin, from = owner }) => {
      const target = byOwner.get(role);
      if (wait !== false || target === undefined) return [];
      return readyOf(target).flatMap((to) => linksTo(from, to, origin));
    }),
  );
}

/** What the demands of its part mean for a workload, unless it says itself how it needs that role. */
function impliedNeeds(from: Workload, { owner, facts }: Expanded): readonly Need[] {
  return (facts.demands ?? []).flatMap(({ role, wait, origin, from: asking = owner }): readonly Need[] =>
    asking !== from.id || wait === false || from.needs.some(({ workload }) => workload === role)
      ? []
      : [{ workload: role, condition: 'healthy', origin }],
  );
}

/** The workloads that whoever needs a part waits for. */
function readyOf({ fragment }: Expanded): readonly Workload[] {
  const { workloads = [], ready } = fragment;
  return ready === undefined ? workloads : workloads.filter(({ id }) => ready.includes(id));
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
