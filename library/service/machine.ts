import { compareText } from '../../compiler/model/order.ts';
import type { Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { bytesIn } from '../../compiler/model/quantities.ts';
import type { ServiceSpec } from '../../schema/spec.ts';

type Machine = Pick<Workload, 'gpu' | 'ulimits' | 'sysctls' | 'devices' | 'aliases' | 'extraHosts' | 'hostNetwork'>;

/** What a service asks of the machine beyond CPU and memory; members that it does not ask for are not there. */
export function machineOf(spec: ServiceSpec, origin: string): Machine {
  const { gpu, ulimits, sysctls, devices, aliases, extraHosts, hostNetwork } = spec;
  return {
    ...(gpu === undefined ? {} : { gpu: gpuOf(gpu, origin) }),
    ...some(
      'ulimits',
      Object.entries(ulimits).map(([name, { soft, hard = soft }]) => ({ name, soft, hard })),
    ),
    ...some(
      'sysctls',
      Object.entries(sysctls).map(([name, value]) => ({ name, value: String(value) })),
    ),
    ...some('devices', [...devices].sort(compareText)),
    ...some('aliases', [...aliases].sort(compareText)),
    ...some(
      'extraHosts',
      Object.entries(extraHosts).map(([hostname, address]) => ({ hostname, address })),
    ),
    ...(hostNetwork ? { hostNetwork } : {}),
  };
}

function gpuOf(
  { vendor, count, memory }: NonNullable<ServiceSpec['gpu']>,
  origin: string,
): NonNullable<Machine['gpu']> {
  return {
    origin: pointerTo(origin, 'gpu'),
    vendor,
    count,
    ...(memory === undefined ? {} : { memoryBytes: bytesIn(memory) }),
  };
}

/** `{ [key]: list }`, or nothing for an empty list. Maps of the file come sorted by their keys. */
function some<K extends string, T>(key: K, list: readonly T[]): { readonly [name in K]?: readonly T[] } {
  return list.length === 0 ? {} : ({ [key]: list } as { readonly [name in K]: readonly T[] });
}
