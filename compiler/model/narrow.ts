import type { Config, Link, Platform, Volume, Workload } from './platform.ts';

/**
 * The platform as one workload sees it: with its own links, configs, volumes and secrets, itself and the workloads that it
 * needs or is linked with, all in their order. Asking for each workload in turn costs no more than the platform is long.
 */
export function narrow(platform: Platform): (workload: Workload) => Platform {
  const links = listsBy(platform.links, ({ from, to }) => (from === to ? [from] : [from, to]));
  const configs = listsBy(platform.configs, ({ workload }) => [workload]);
  const volumes = placesBy(platform.volumes);
  const secrets = placesBy(platform.secrets);
  const workloads = placesBy(platform.workloads);
  return (workload) => {
    const ownLinks: readonly Link[] = links.get(workload.id) ?? [];
    const ownConfigs: readonly Config[] = configs.get(workload.id) ?? [];
    const mounted = workload.mounts.flatMap((mount) => (mount.kind === 'volume' ? [mount.volume] : []));
    const ownVolumes: readonly Volume[] = inOrder(volumes, mounted);
    const others = [
      ...ownVolumes.map((volume) => volume.workload),
      ...ownLinks.flatMap(({ from, to }) => [from, to]),
      ...workload.needs.map((need) => need.workload),
    ];
    return {
      ...platform,
      links: ownLinks,
      configs: ownConfigs,
      volumes: ownVolumes,
      secrets: inOrder(secrets, secretsIn(workload)),
      workloads: inOrder(workloads, [workload.id, ...others]),
    };
  };
}

/** Ids of the secrets that a workload mounts or has in a variable. */
function secretsIn({ mounts, environment }: Workload): readonly string[] {
  return [
    ...mounts.flatMap((mount) => (mount.kind === 'secret' ? [mount.secret] : [])),
    ...environment.flatMap(({ value }) => (value.kind === 'text' ? [] : [value.secret])),
  ];
}

/** Every item under each of its keys, in the order of the list. */
export function listsBy<T>(
  list: readonly T[],
  keys: (item: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const lists = new Map<string, T[]>();
  for (const item of list) {
    for (const key of keys(item)) {
      const known = lists.get(key);
      if (known === undefined) lists.set(key, [item]);
      else known.push(item);
    }
  }
  return lists;
}

interface Place<T> {
  readonly at: number;
  readonly item: T;
}

function placesBy<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, Place<T>> {
  return new Map(list.map((item, at) => [item.id, { at, item }]));
}

function inOrder<T>(places: ReadonlyMap<string, Place<T>>, ids: readonly string[]): readonly T[] {
  const found = [...new Set(ids)].flatMap((id) => places.get(id) ?? []);
  return found.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
