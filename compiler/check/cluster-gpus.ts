import type { Finding } from '../../schema/diagnostic.ts';
import type { ClusterGpus, GpuAsk, Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { sizeText } from '../model/quantities.ts';

/** GPUs that are asked for and that no node of the cluster would offer; nothing where the file does not say what it has. */
export function checkClusterGpus({ target, cluster: { gpus = [] }, workloads }: Platform): readonly Finding[] {
  if (target !== 'kubernetes' || gpus.length === 0) return [];
  return workloads.flatMap((workload) => {
    const { gpu } = workload;
    if (gpu === undefined) return [];
    const there = gpus.find(({ vendor }) => vendor === gpu.vendor);
    return there === undefined ? [otherVendor(workload, gpu, gpus)] : unfit(workload, gpu, there);
  });
}

function otherVendor({ id }: Workload, { origin, vendor }: GpuAsk, gpus: readonly ClusterGpus[]): Finding {
  return {
    code: 'AG533',
    pointer: origin,
    message: `'${id}' asks for GPUs of ${vendor}, but the cluster has those of ${gpus.map((each) => each.vendor).join(' and ')}`,
    hint: `add \`${vendor}: {}\` to \`cluster.gpus\`, with \`plugin: false\` where its device plugin is installed already`,
    related: [{ pointer: '/cluster/gpus', at: 'key', message: 'what the cluster has' }],
  };
}

function unfit({ id }: Workload, ask: GpuAsk, { origin, memoryBytes, share }: ClusterGpus): readonly Finding[] {
  const isSmall = memoryBytes !== undefined && ask.memoryBytes !== undefined && ask.memoryBytes > memoryBytes;
  return [
    ...(isSmall
      ? [
          {
            code: 'AG533',
            pointer: pointerTo(ask.origin, 'memory'),
            message: `'${id}' asks for GPUs with ${sizeText(ask.memoryBytes)}, but those of the cluster have ${sizeText(memoryBytes)}`,
            hint: 'lower `gpu.memory`, or leave `memory` out of `cluster.gpus` where nodes have GPUs of several sizes',
            related: [{ pointer: pointerTo(origin, 'memory'), message: 'what the cluster has' }],
          },
        ]
      : []),
    ...(share !== undefined && ask.count > 1
      ? [
          {
            code: 'AG534',
            pointer: pointerTo(ask.origin, 'count'),
            message: `'${id}' asks for ${ask.count} GPUs, but ${share} containers share each of them, and ${ask.count} shares may be of one GPU`,
            hint: 'ask for one, or leave `share` out of `cluster.gpus`',
            related: [{ pointer: pointerTo(origin, 'share'), message: 'they are shared here' }],
          },
        ]
      : []),
  ];
}
