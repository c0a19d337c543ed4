import type { ComposeNetwork } from '../model/compose-project.ts';
import type { Platform, Workload } from '../model/platform.ts';

/** A network of one host and the workloads on it; `aliases` are the extra names a member answers to. */
export interface LinkNetwork {
  readonly key: string;
  readonly network: ComposeNetwork;
  readonly members: Readonly<Record<string, { readonly aliases: readonly string[] }>>;
}

/**
 * The networks of one host, sorted by key: one internal network for each pair of linked workloads, one open network for
 * each workload that publishes a port or needs the Internet, and an internal one of its own for a workload that has
 * neither (without it, Compose would put all such services on one shared open network). A workload on the network of its
 * host is on none of them.
 *
 * Compose networks know no ports, so a link opens all ports of `to` for `from`, and of `from` for `to`.
 */
export function networksOf(platform: Platform, workloads: readonly Workload[]): readonly LinkNetwork[] {
  const here = new Map(workloads.filter(({ hostNetwork }) => !hostNetwork).map((each) => [each.id, each]));
  const links = platform.links.filter((link) => here.has(link.from) && here.has(link.to) && link.from !== link.to);
  const networks = new Map<string, LinkNetwork>();
  for (const link of links) {
    const key = `${link.from}-${link.to}`;
    networks.set(key, {
      key,
      network: networkNamed(platform, key, true),
      members: { [link.from]: { aliases: [] }, [link.to]: { aliases: namesOf(platform, here.get(link.to)) } },
    });
  }
  const linked = new Set(links.flatMap((link) => [link.from, link.to]));
  for (const workload of here.values()) {
    const open = reachesOutside(workload);
    if (!open && linked.has(workload.id)) continue;
    const key = `${workload.id}-${open ? 'outside' : 'alone'}`;
    networks.set(key, {
      key,
      network: networkNamed(platform, key, !open),
      members: { [workload.id]: { aliases: [] } },
    });
  }
  return [...networks.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** True when the workload needs a network that is not internal: Docker publishes no port of an internal network. */
export function reachesOutside(workload: Workload): boolean {
  return workload.internet || workload.ports.some((port) => port.publish !== undefined);
}

/** Its id, the name that the same workload has as a Kubernetes Service (a config with either works on both), its aliases. */
function namesOf(platform: Platform, workload: Workload | undefined): readonly string[] {
  if (workload === undefined) return [];
  return [...new Set([workload.id, `${platform.name}-${workload.id}`, ...(workload.aliases ?? [])])].sort();
}

function networkNamed(platform: Platform, key: string, internal: boolean): ComposeNetwork {
  const labels = { 'autogit.dev/platform': platform.name };
  const name = `${platform.name}-${key}`;
  return internal ? { name, internal: true, labels } : { name, labels };
}
