import type { Finding } from '../../schema/diagnostic.ts';
import type { Host, Limits, Platform, Pool, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { sizeText } from '../model/quantities.ts';

/** Containers and runners that no host could hold, whatever else runs there. A host that says nothing holds everything. */
export function checkCapacity(platform: Platform): readonly Finding[] {
  if (platform.target === 'kubernetes') return [];
  const hosts = new Map(platform.hosts.map((host) => [host.id, host]));
  return [
    ...platform.workloads.flatMap((workload) => onItsHost(workload, hosts.get(workload.host))),
    ...platform.pools.flatMap((pool) =>
      somewhere(
        pool,
        pool.hosts.flatMap((id) => hosts.get(id) ?? []),
      ),
    ),
  ];
}

function onItsHost({ id, origin, limits }: Workload, host: Host | undefined): readonly Finding[] {
  if (host === undefined || fits(limits, host)) return [];
  return [tooLarge(`'${id}' may use ${amount(limits)}`, pointerTo(origin, 'limits'), [host])];
}

function somewhere({ id, origin, limits, arch, hosts: named }: Pool, hosts: readonly Host[]): readonly Finding[] {
  // Of a host that is not there nobody knows.
  if (named.length === 0 || hosts.length < named.length) return [];
  // A host that does not say what it is may be anything.
  const isKnown = hosts.every((host) => host.arch !== undefined);
  const missing = isKnown ? arch.filter((each) => !hosts.some((host) => host.arch === each)) : [];
  return [
    ...missing.map((each) => ({
      code: 'AG418',
      pointer: pointerTo(origin, 'arch'),
      message: `pool '${id}' is to have ${each} runners, but no host of it has that architecture`,
      hint: `remove ${each}, or name a host with \`arch: ${each}\``,
      related: hosts
        .slice(0, 3)
        .map((host) => ({ pointer: host.origin, at: 'key' as const, message: `'${host.id}' is ${host.arch}` })),
    })),
    ...(hosts.some((host) => fits(limits, host))
      ? []
      : [tooLarge(`a runner of pool '${id}' may use ${amount(limits)}`, pointerTo(origin, 'limits'), hosts)]),
  ];
}

function fits({ cpus, memoryBytes }: Limits, host: Host): boolean {
  return (
    cpus <= (host.cpus ?? Number.POSITIVE_INFINITY) && memoryBytes <= (host.memoryBytes ?? Number.POSITIVE_INFINITY)
  );
}

function tooLarge(what: string, pointer: string, hosts: readonly Host[]): Finding {
  const [only] = hosts;
  return {
    code: 'AG417',
    pointer,
    message: `${what}, more than ${hosts.length === 1 ? `host '${only?.id}' has` : 'any of its hosts has'}`,
    hint: 'lower `limits`, or choose a larger host',
    related: hosts
      .slice(0, 3)
      .map((host) => ({ pointer: host.origin, at: 'key', message: `'${host.id}' has ${has(host)}` })),
  };
}

function amount({ cpus, memoryBytes }: Limits): string {
  return `${cpus} CPUs and ${sizeText(memoryBytes)}`;
}

function has({ cpus, memoryBytes }: Host): string {
  const parts = [
    ...(cpus === undefined ? [] : [`${cpus} CPUs`]),
    ...(memoryBytes === undefined ? [] : [`${sizeText(memoryBytes)} of memory`]),
  ];
  return parts.join(' and ');
}
