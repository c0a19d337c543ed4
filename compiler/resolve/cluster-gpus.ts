import type { IntelGpusSpec, NvidiaGpusSpec, Spec } from '../../schema/spec.ts';
import { gpuPlugins } from '../model/gpu-plugins.ts';
import { compareText } from '../model/order.ts';
import type { ClusterGpus, GpuVendor } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { bytesIn } from '../model/quantities.ts';

const vendors: readonly GpuVendor[] = ['amd', 'intel', 'nvidia'];

/** The GPUs that the nodes of the cluster have, by vendor. */
export function clusterGpusOf({ cluster }: Spec): readonly ClusterGpus[] {
  return vendors.flatMap((vendor): readonly ClusterGpus[] => {
    const spec: (Partial<NvidiaGpusSpec & IntelGpusSpec> & Pick<NvidiaGpusSpec, 'plugin' | 'nodes'>) | undefined =
      cluster.gpus[vendor];
    if (spec === undefined) return [];
    const { plugin, nodes, memory, share, runtime, driver, image = gpuPlugins[vendor].image } = spec;
    return [
      {
        vendor,
        origin: pointerTo('/cluster/gpus', vendor),
        nodes: Object.fromEntries(Object.entries(nodes).sort(([a], [b]) => compareText(a, b))),
        ...(plugin ? { image } : {}),
        ...(memory === undefined ? {} : { memoryBytes: bytesIn(memory) }),
        ...(share === undefined ? {} : { share }),
        ...(runtime === undefined ? {} : { runtime }),
        ...(driver === undefined ? {} : { driver }),
      },
    ];
  });
}
