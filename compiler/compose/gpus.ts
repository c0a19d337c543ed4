import type { ComposeGpus } from '../model/compose-project.ts';
import type { Host, Workload } from '../model/platform.ts';

/** What a container gets so that it sees the GPUs that are its own. */
export interface GpuShare {
  /** For an engine that hands GPUs out itself: NVIDIA. */
  readonly reservation?: ComposeGpus;
  /** Device nodes: AMD and Intel. */
  readonly devices: readonly string[];
}

/** Render nodes of the kernel are numbered from here (Linux, Documentation/gpu/drm-uapi). */
const firstRenderNode = 128;

/**
 * The GPUs of a host, dealt out in the order of the ids of the workloads: an engine that is asked for a count gives
 * everybody the same first ones, so each container is told which ones are its own. GPUs that the host calls `shared` are
 * for everybody.
 */
export function gpuShares(host: Host, workloads: readonly Workload[]): ReadonlyMap<string, GpuShare> {
  const next = new Map<string, number>();
  const shares = new Map<string, GpuShare>();
  for (const { id, gpu } of workloads) {
    if (gpu === undefined) continue;
    const { vendor, count } = gpu;
    const isShared = host.gpus.find((declared) => declared.vendor === vendor)?.mode === 'shared';
    const first = next.get(vendor) ?? 0;
    if (!isShared) next.set(vendor, first + count);
    const own = isShared ? undefined : Array.from({ length: count }, (_, index) => first + index);
    shares.set(id, vendor === 'nvidia' ? reservationOf(own, count) : nodesOf(host, vendor, own));
  }
  return shares;
}

function reservationOf(own: readonly number[] | undefined, count: number): GpuShare {
  const which = own === undefined ? { count } : { device_ids: own.map(String) };
  return { devices: [], reservation: { driver: 'nvidia', ...which, capabilities: ['gpu'] } };
}

/** AMD computes through `/dev/kfd` and a render node, Intel through a render node alone. */
function nodesOf(host: Host, vendor: 'amd' | 'intel', own: readonly number[] | undefined): GpuShare {
  const nodes =
    own === undefined || hasMixedNodes(host)
      ? ['/dev/dri']
      : own.map((index) => `/dev/dri/renderD${firstRenderNode + index}`);
  return { devices: vendor === 'amd' ? [...nodes, '/dev/kfd'] : nodes };
}

/** With GPUs of two vendors nobody knows whose render node bears which number. */
export function hasMixedNodes(host: Host): boolean {
  return host.gpus.length > 1;
}
