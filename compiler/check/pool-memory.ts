import type { Finding } from '../../schema/diagnostic.ts';
import type { Host, Platform, Pool } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { roundedSizeText } from '../model/quantities.ts';

/**
 * Pools that are to have more runners at all times than their hosts hold. Only where all of them say what they have. It
 * can be accepted, because a limit is what a runner may use and not what it does use.
 */
export function checkPoolMemory(platform: Platform): readonly Finding[] {
  if (platform.target === 'kubernetes') return [];
  return platform.pools.flatMap((pool) => {
    const held = heldBy(platform, pool);
    return held === undefined || pool.size.min <= held ? [] : [tooMany(pool, held, hostsOf(platform, pool))];
  });
}

/** Whether its minimum is more than its hosts hold: told of the pool, and no more of each host. */
export function isBeyondHosts(platform: Platform, pool: Pool): boolean {
  const held = heldBy(platform, pool);
  return held !== undefined && pool.size.min > held;
}

/** Runners of a pool that fit on its hosts when nothing else runs there; undefined when a host does not say. */
function heldBy(platform: Platform, pool: Pool): number | undefined {
  const hosts = hostsOf(platform, pool);
  if (hosts.length === 0 || hosts.length < pool.hosts.length) return undefined;
  const each = hosts.map(({ memoryBytes }) => memoryBytes ?? Number.POSITIVE_INFINITY);
  const held = each.reduce((sum, bytes) => sum + Math.floor(bytes / pool.limits.memoryBytes), 0);
  // Not even one runner fits: `checkCapacity` says so.
  return Number.isFinite(held) && held > 0 ? held : undefined;
}

function hostsOf({ hosts }: Platform, pool: Pool): readonly Host[] {
  return hosts.filter(({ id }) => pool.hosts.includes(id));
}

function tooMany({ id, origin, size, limits }: Pool, held: number, hosts: readonly Host[]): Finding {
  const where = hosts.length === 1 ? `host '${hosts[0]?.id}' holds` : `its ${hosts.length} hosts hold`;
  const all = roundedSizeText(size.min * limits.memoryBytes);
  return {
    code: 'AG458',
    acceptable: true,
    pointer: pointerTo(origin, 'size', 'min'),
    message: `pool '${id}' is to have ${size.min} runners at least, which may use ${all}, but ${where} ${held}`,
    hint: `lower \`min\` to ${held} or less, lower \`limits.memory\`, or add hosts`,
    related: hosts.slice(0, 3).map((host) => ({
      pointer: host.origin,
      at: 'key',
      message: `'${host.id}' has ${roundedSizeText(host.memoryBytes ?? 0)} of memory`,
    })),
  };
}
