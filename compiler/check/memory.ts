import type { Finding } from '../../schema/diagnostic.ts';
import type { Host, Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { roundedSizeText } from '../model/quantities.ts';
import { isBeyondHosts } from './pool-memory.ts';

/** Memory of the small server that a platform is expected to fit on when the file says nothing else. */
const smallServerBytes = 8 * 2 ** 30;

/**
 * Limits that together are more than a small server has: a warning, because not all use what they may. Runners that
 * come and go are left out; those that are always there count.
 */
export function checkMemory(platform: Platform): readonly Finding[] {
  if (platform.target === 'kubernetes') return [];
  return platform.hosts.flatMap((host) => {
    const bytes = alwaysUsed(platform, host);
    if (bytes <= (host.memoryBytes ?? smallServerBytes)) return [];
    if (host.memoryBytes !== undefined) return [beyond(host, bytes, host.memoryBytes)];
    return [
      {
        code: 'AG411',
        severity: 'warning' as const,
        pointer: host.origin,
        message: `what runs on host '${host.id}' may use ${roundedSizeText(bytes)} of memory, more than the ${roundedSizeText(smallServerBytes)} of a small server`,
        hint: `say how much the host has with \`memory:\`, lower \`limits\`, or move something to another host`,
      },
    ];
  });
}

function beyond({ id, origin }: Host, bytes: number, has: number): Finding {
  return {
    code: 'AG411',
    severity: 'warning',
    pointer: pointerTo(origin, 'memory'),
    message: `what runs on host '${id}' may use ${roundedSizeText(bytes)} of memory, more than the ${roundedSizeText(has)} that it has`,
    hint: 'lower `limits`, or move something to another host',
  };
}

/** Of a pool with several hosts, each has its share. */
function alwaysUsed(platform: Platform, host: Host): number {
  const { workloads, pools } = platform;
  const containers = workloads.filter((workload) => workload.host === host.id).map(({ limits }) => limits.memoryBytes);
  const runners = pools
    .filter((pool) => pool.hosts.includes(host.id) && !isBeyondHosts(platform, pool))
    .map(({ size, limits, hosts }) => Math.floor(size.min / hosts.length) * limits.memoryBytes);
  return [...containers, ...runners].reduce((sum, bytes) => sum + bytes, 0);
}
