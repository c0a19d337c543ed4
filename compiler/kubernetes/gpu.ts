import type { GpuAsk, GpuVendor } from '../model/platform.ts';
import type { PodSpec } from './objects.ts';

/** What the device plugin of each vendor calls one GPU. */
const resources: Readonly<Record<GpuVendor, string>> = {
  amd: 'amd.com/gpu',
  // Of the driver i915; nodes with the driver xe offer gpu.intel.com/xe.
  intel: 'gpu.intel.com/i915',
  nvidia: 'nvidia.com/gpu',
};

/** Label in MiB that the feature discovery of a vendor puts on nodes; the others write none that can be compared. */
const memoryLabels: Partial<Readonly<Record<GpuVendor, string>>> = { nvidia: 'nvidia.com/gpu.memory' };

const mebibyte = 2 ** 20;

/** Extended resources are whole, and what is requested is what is the limit. */
export function gpuResources(gpu: GpuAsk | undefined): Readonly<Record<string, string>> {
  return gpu === undefined ? {} : { [resources[gpu.vendor]]: String(gpu.count) };
}

/** Whether nodes say how much memory the GPUs of a vendor have. */
export function hasMemoryLabel(vendor: GpuVendor): boolean {
  return memoryLabels[vendor] !== undefined;
}

/** Only nodes with large enough GPUs; and the taint that keeps other pods from nodes with GPUs does not count. */
export function gpuPlacement(gpu: GpuAsk | undefined): Pick<PodSpec, 'affinity' | 'tolerations'> {
  if (gpu === undefined) return {};
  const tolerations = [{ key: resources[gpu.vendor], operator: 'Exists', effect: 'NoSchedule' }];
  const label = memoryLabels[gpu.vendor];
  if (gpu.memoryBytes === undefined || label === undefined) return { tolerations };
  const below = String(Math.ceil(gpu.memoryBytes / mebibyte) - 1);
  const term = { matchExpressions: [{ key: label, operator: 'Gt', values: [below] }] };
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  return { affinity: { nodeAffinity }, tolerations };
}
