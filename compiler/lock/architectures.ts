import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Lock } from '../model/lock.ts';
import type { Host, Platform, Pool } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** Hosts and pools that name an architecture which the locked image does not have: the engine would only say so at the pull. */
export function architectureFindings(platform: Platform, lock: Lock): readonly Finding[] {
  const lacks = (image: string, arch: string): readonly string[] | undefined => {
    const locked = lock.images[image];
    if (locked?.kind !== 'pinned') return undefined;
    const has = Object.keys(locked.platforms);
    return has.some((name) => name === `linux/${arch}` || name.startsWith(`linux/${arch}/`)) ? undefined : has;
  };
  const hosts = new Map(platform.hosts.map((host) => [host.id, host]));
  return [
    ...(platform.target === 'compose' ? onHosts(platform, hosts, lacks) : []),
    ...platform.pools.flatMap((pool) => ofPool(pool, hosts, lacks)),
  ];
}

type Lacks = (image: string, arch: string) => readonly string[] | undefined;

function onHosts({ workloads }: Platform, hosts: ReadonlyMap<string, Host>, lacks: Lacks): readonly Finding[] {
  return workloads.flatMap(({ image, origin, host: id }) => {
    const arch = hosts.get(id)?.arch;
    const has = arch === undefined ? undefined : lacks(image, arch);
    if (arch === undefined || has === undefined) return [];
    return [finding(pointerTo(origin, 'image'), image, `host '${id}' is ${arch}`, has)];
  });
}

/** A runner may start on any of its hosts, so its image must fit each architecture that is asked for. */
function ofPool(pool: Pool, hosts: ReadonlyMap<string, Host>, lacks: Lacks): readonly Finding[] {
  const engines = pool.hosts.flatMap((id) => {
    const host = hosts.get(id);
    return host?.engine.kind === 'docker' ? [host] : [];
  });
  if (engines.length === 0) return [];
  return pool.arch.flatMap((arch) => {
    const has = lacks(pool.image, arch);
    return has === undefined
      ? []
      : [finding(pointerTo(pool.origin, 'arch'), pool.image, `pool '${pool.id}' asks for ${arch}`, has)];
  });
}

function finding(pointer: Pointer, image: string, asks: string, has: readonly string[]): Finding {
  return {
    code: 'AG422',
    pointer,
    message: `${asks}, which image ${image} is not made for (it is for ${has.join(', ')})`,
    hint: 'choose an image for that architecture, or another host; after a change run `autogit lock update`',
  };
}
