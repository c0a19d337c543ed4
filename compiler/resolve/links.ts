import { compareText } from '../model/order.ts';
import type { Link, Route, Workload } from '../model/platform.ts';
import { ingressId } from './ingress.ts';

export interface LinkSources {
  readonly workloads: readonly Workload[];
  readonly routes: readonly Route[];
  /** Links that components ask for themselves. */
  readonly further: readonly Link[];
}

/** Who may talk to whom, each once, sorted: every need, and the ingress to whatever it serves. Nothing else is open. */
export function linksOf({ workloads, routes, further }: LinkSources): readonly Link[] {
  const byId = new Map(workloads.map((workload) => [workload.id, workload]));
  const fromNeeds = workloads.flatMap((from) =>
    from.needs.flatMap(({ workload: to, origin }) =>
      (byId.get(to)?.ports ?? []).map(({ port, protocol }): Link => ({ from: from.id, to, port, protocol, origin })),
    ),
  );
  const fromRoutes = routes.map(
    ({ workload: to, port, origin }): Link => ({ from: ingressId, to, port, protocol: 'tcp', origin }),
  );
  const links = new Map<string, Link>();
  for (const link of [...fromNeeds, ...fromRoutes, ...further]) {
    const key = `${link.from} ${link.to} ${link.port} ${link.protocol}`;
    if (link.from !== link.to && !links.has(key)) links.set(key, link);
  }
  return [...links.values()].sort(
    (a, b) =>
      compareText(a.from, b.from) || compareText(a.to, b.to) || a.port - b.port || compareText(a.protocol, b.protocol),
  );
}
