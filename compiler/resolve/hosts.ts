import type { HostGpuSpec, Spec } from '../../schema/spec.ts';
import { sortedById } from '../model/order.ts';
import type { GpuVendor, Host, HostGpus } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { bytesIn } from '../model/quantities.ts';

/** Every host of the file, sorted by id. */
export function hostsOf(spec: Spec): readonly Host[] {
  return sortedById(
    Object.entries(spec.hosts).map(
      ([id, { engine, arch, cpus, memory, gpus }]): Host => ({
        id,
        origin: pointerTo('/hosts', id),
        engine: engine === 'process' ? { kind: 'process' } : { kind: 'docker', url: engine },
        ...(arch === undefined ? {} : { arch }),
        ...(cpus === undefined ? {} : { cpus }),
        ...(memory === undefined ? {} : { memoryBytes: bytesIn(memory) }),
        gpus: Object.entries(gpus).map(([vendor, gpu]) => gpusOf(vendor, gpu)),
      }),
    ),
  );
}

/** Vendors come sorted and known: the schema sees to both. */
function gpusOf(vendor: string, { mode, count, memory }: HostGpuSpec): HostGpus {
  return {
    vendor: vendor as GpuVendor,
    mode,
    ...(count === undefined ? {} : { count }),
    ...(memory === undefined ? {} : { memoryBytes: bytesIn(memory) }),
  };
}

/**
 * The host that `placement` names. Without one, or when it names none, the first Docker host; without any of those, the
 * first host, which the target refuses.
 */
export function hostFor(placement: string | undefined, hosts: readonly Host[]): Host {
  const host =
    hosts.find(({ id }) => id === placement) ?? hosts.find(({ engine }) => engine.kind === 'docker') ?? hosts[0];
  if (host === undefined) throw new Error('the schema asks for at least one host');
  return host;
}
