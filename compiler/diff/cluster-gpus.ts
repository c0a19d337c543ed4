import type { ClusterGpus, Platform } from '../model/platform.ts';
import { sizeText } from '../model/quantities.ts';
import { type Change, change } from './report.ts';

/** What changes of the GPUs that the nodes of a cluster have, for each vendor. */
export function clusterGpuChanges(before: Platform, after: Platform): readonly Change[] {
  const [old, now] = [before, after].map(({ target, cluster: { gpus = [] } }) => (target === 'kubernetes' ? gpus : []));
  return (['amd', 'intel', 'nvidia'] as const).flatMap((vendor) => {
    const [a, b] = [old, now].map((gpus) => gpus?.find((each) => each.vendor === vendor));
    const [was, is] = [said(a), said(b)];
    if (was === is) return [];
    const isNew = a?.image === undefined && b?.image !== undefined;
    return [
      change({
        kind: 'platform',
        id: after.name,
        what: a === undefined ? 'added' : b === undefined ? 'removed' : 'changed',
        pointer: (b ?? a)?.origin ?? '/cluster/gpus',
        details: [`GPUs of ${vendor} in the cluster: ${was} → ${is}`],
        effects: isNew ? ['the namespace of the device plugins lets pods mount folders of their node'] : [],
        risks: isNew ? ['less-secure'] : [],
      }),
    ];
  });
}

function said(gpus: ClusterGpus | undefined): string {
  if (gpus === undefined) return 'nothing said';
  const { image, nodes, memoryBytes, share, runtime, driver } = gpus;
  return [
    image === undefined ? 'plugin of the cluster' : `plugin ${image}`,
    ...Object.entries(nodes).map(([key, value]) => `nodes with ${key}=${value}`),
    ...(memoryBytes === undefined ? [] : [sizeText(memoryBytes)]),
    ...(share === undefined ? [] : [`shared by ${share}`]),
    ...(runtime === undefined ? [] : [`runtime ${runtime}`]),
    ...(driver === undefined ? [] : [`driver ${driver}`]),
  ].join(', ');
}
