import type { Finding } from '../../schema/diagnostic.ts';
import type { Host, Platform } from '../model/platform.ts';
import { sizeText } from '../model/quantities.ts';

/** Memory of the small server that a platform is expected to fit on when the file says nothing else. */
const smallServerBytes = 8 * 2 ** 30;

/**
 * Limits that together are more than a small server has: a warning, because nobody knows the host here. Runners that
 * come and go are left out; those that are always there count.
 */
export function checkMemory(platform: Platform): readonly Finding[] {
  if (platform.target === 'kubernetes') return [];
  return platform.hosts.flatMap((host) => {
    const bytes = alwaysUsed(platform, host);
    if (bytes <= smallServerBytes) return [];
    return [
      {
        code: 'AG411',
        severity: 'warning' as const,
        pointer: host.origin,
        message: `what runs on host '${host.id}' may use ${sizeText(bytes)} of memory, more than the ${sizeText(smallServerBytes)} of a small server`,
        hint: 'lower `limits`, move something to another host, or accept AG411 and say how much the host has',
      },
    ];
  });
}

function alwaysUsed({ workloads, pools }: Platform, host: Host): number {
  const containers = workloads.filter((workload) => workload.host === host.id).map(({ limits }) => limits.memoryBytes);
  const runners = pools
    .filter(({ hosts }) => hosts.length === 1 && hosts[0] === host.id)
    .map(({ size, limits }) => size.min * limits.memoryBytes);
  return [...containers, ...runners].reduce((sum, bytes) => sum + bytes, 0);
}
