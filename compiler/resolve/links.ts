import type { ScrapeTarget, Stream } from '../model/facts.ts';
import { compareText } from '../model/order.ts';
import type { Link, Platform, Route, Workload } from '../model/platform.ts';
import type { FileRole } from '../model/roles.ts';

export interface LinkSources {
  readonly workloads: readonly Workload[];
  readonly routes: readonly Route[];
  readonly streams: readonly Stream[];
  readonly scrapes: readonly ScrapeTarget[];
  /** On Compose a network ends at its host; a target elsewhere is not read, and monitoring says so. */
  readonly target: Platform['target'];
  /** Links that demands and components ask for. */
  readonly further: readonly Link[];
}

/**
 * Who may talk to whom, each once, sorted: every need, the ingress to whatever it serves, monitoring to whatever shows
 * metrics. Nothing else is open. A need opens the ports of a workload that are not private.
 */
export function linksOf({ workloads, routes, streams, scrapes, target, further }: LinkSources): readonly Link[] {
  const byId = new Map(workloads.map((workload) => [workload.id, workload]));
  const fromNeeds = workloads.flatMap((from) =>
    from.needs.flatMap(({ workload: to, origin }) => linksTo(from.id, byId.get(to), origin)),
  );
  const read = (by: FileRole, { workload: to, port, origin }: Route | Stream | ScrapeTarget): readonly Link[] =>
    byId.has(by) && byId.has(to) ? [{ from: by, to, port, protocol: 'tcp', origin }] : [];
  const isNear = ({ workload }: ScrapeTarget): boolean =>
    target === 'kubernetes' || byId.get(workload)?.host === byId.get('monitoring')?.host;
  const links = new Map<string, Link>();
  const all = [
    ...fromNeeds,
    ...[...routes, ...streams].flatMap((way) => read('ingress', way)),
    ...scrapes.filter(isNear).flatMap((scrape) => read('monitoring', scrape)),
    ...further,
  ];
  for (const link of all) {
    const key = `${link.from} ${link.to} ${link.port} ${link.protocol}`;
    if (link.from !== link.to && !links.has(key)) links.set(key, link);
  }
  return [...links.values()].sort(
    (a, b) =>
      compareText(a.from, b.from) || compareText(a.to, b.to) || a.port - b.port || compareText(a.protocol, b.protocol),
  );
}

/** The ways that whoever needs a workload gets to it. */
export function linksTo(from: string, to: Workload | undefined, origin: string): readonly Link[] {
  if (to === undefined) return [];
  return to.ports.flatMap(({ port, protocol, private: isPrivate }) =>
    isPrivate === true ? [] : [{ from, to: to.id, port, protocol, origin }],
  );
}
