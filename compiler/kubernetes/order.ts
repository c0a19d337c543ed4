import { compareText } from '../model/order.ts';
import type { KubernetesObject, Named } from './objects.ts';

/**
 * The order in which objects are applied: what others live in or are refused without comes first, policies stand before
 * the pods that they protect, and routes come when there is something behind them. Same kind: by namespace and name.
 */
const rank: readonly KubernetesObject['kind'][] = [
  'Namespace',
  'RuntimeClass',
  'NetworkPolicy',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Service',
  'PodDisruptionBudget',
  // What offers devices stands before what asks for them.
  'DaemonSet',
  // Before what waits for one: a job that changed must not be taken for the one that ended well before.
  'Job',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'IngressClass',
  'GatewayClass',
  'Gateway',
  'Issuer',
  'Certificate',
  'Ingress',
  'IngressRoute',
  'HTTPRoute',
];

export function inApplyOrder<T extends Named>(placed: readonly T[]): readonly T[] {
  return [...placed].sort(
    ({ object: a }, { object: b }) =>
      rank.indexOf(a.kind) - rank.indexOf(b.kind) ||
      compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
      compareText(a.metadata.name, b.metadata.name),
  );
}
