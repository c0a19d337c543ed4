import type { ClusterGpus, GpuAsk, GpuVendor, Platform } from '../model/platform.ts';
import { objectName } from './names.ts';
import type { PodSpec } from './objects.ts';

/** Label in MiB that the feature discovery of a vendor puts on nodes; the others write none that can be compared. */
const memoryLabels: Partial<Readonly<Record<GpuVendor, string>>> = { nvidia: 'nvidia.com/gpu.memory' };

const mebibyte = 2 ** 20;

/** What the device plugin of a vendor calls one GPU; that of Intel names the driver. */
export function gpuResource(vendor: GpuVendor, gpus: ClusterGpus | undefined): string {
  switch (vendor) {
    case 'amd':
      return 'amd.com/gpu';
    case 'intel':
      return `gpu.intel.com/${gpus?.driver ?? 'i915'}`;
    case 'nvidia':
      return 'nvidia.com/gpu';
  }
}

/** What the file says of the GPUs of a vendor in the cluster. */
export function clusterGpus({ cluster }: Platform, vendor: GpuVendor): ClusterGpus | undefined {
  return cluster.gpus?.find((each) => each.vendor === vendor);
}

/** Extended resources are whole, and what is requested is what is the limit. */
export function gpuResources(platform: Platform, gpu: GpuAsk | undefined): Readonly<Record<string, string>> {
  if (gpu === undefined) return {};
  return { [gpuResource(gpu.vendor, clusterGpus(platform, gpu.vendor))]: String(gpu.count) };
}

/** Whether it is known of each node how much memory its GPUs of a vendor have: by its labels or for all by the file. */
export function knowsMemory(platform: Platform, vendor: GpuVendor): boolean {
  return memoryLabels[vendor] !== undefined || clusterGpus(platform, vendor)?.memoryBytes !== undefined;
}

/** Name of the class of pods that the container runtime lets at GPUs. */
export function gpuRuntimeClass(platform: Platform): string {
  return objectName(platform, 'nvidia');
}

/**
 * Only nodes with large enough GPUs, in the runtime that lets them in; and the taint that keeps other pods from nodes with
 * GPUs does not count.
 */
export function gpuPlacement(
  platform: Platform,
  gpu: GpuAsk | undefined,
): Pick<PodSpec, 'affinity' | 'runtimeClassName' | 'tolerations'> {
  if (gpu === undefined) return {};
  const there = clusterGpus(platform, gpu.vendor);
  const placement = {
    ...(there?.runtime === undefined ? {} : { runtimeClassName: gpuRuntimeClass(platform) }),
    tolerations: [{ key: gpuResource(gpu.vendor, there), operator: 'Exists', effect: 'NoSchedule' }],
  };
  const label = memoryLabels[gpu.vendor];
  if (gpu.memoryBytes === undefined || label === undefined || there?.memoryBytes !== undefined) return placement;
  const below = String(Math.ceil(gpu.memoryBytes / mebibyte) - 1);
  const term = { matchExpressions: [{ key: label, operator: 'Gt', values: [below] }] };
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  return { affinity: { nodeAffinity }, ...placement };
}
