import type { Platform, Workload } from '../model/platform.ts';
import { selectorOf, workloadMetadata } from './names.ts';
import type { KubernetesObject, PodSpec } from './objects.ts';
import { claimsOf } from './volumes.ts';

/** Whether several copies run on. For one there is nothing to spread, and nothing may block a drain. */
export function runsSeveral({ replicas = 1, job }: Workload): boolean {
  return replicas > 1 && job === undefined;
}

/** A drain takes one copy at a time; one that is not ready anyway does not hold it up. */
export function disruptionBudget(platform: Platform, workload: Workload): readonly KubernetesObject[] {
  if (!runsSeveral(workload)) return [];
  return [
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: workloadMetadata(platform, workload, workload.origin),
      body: {
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: selectorOf(platform, workload.id) },
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
        },
      },
    },
  ];
}

/**
 * Copies go to different zones and nodes where there are several; a small cluster still takes them all. Those of a new
 * revision are counted by themselves. Copies that share a volume of one node belong on that node.
 */
export function spread(platform: Platform, workload: Workload): Pick<PodSpec, 'topologySpreadConstraints'> {
  const shares = !workload.stateful && claimsOf(platform, workload).length > 0;
  if (!runsSeveral(workload) || shares) return {};
  const byRevision = workload.stateful ? {} : { matchLabelKeys: ['pod-template-hash'] };
  return {
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: selectorOf(platform, workload.id) },
      ...byRevision,
    })),
  };
}
