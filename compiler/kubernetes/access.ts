import type { Platform, Workload } from '../model/platform.ts';
import { objectName, workloadMetadata } from './names.ts';
import type { KubernetesObject } from './objects.ts';
import { jobsAwaited } from './wait.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Kinds without a namespace that a rule may name. */
const clusterScoped: readonly string[] = [
  'gatewayclasses',
  'gatewayclasses/status',
  'ingressclasses',
  'namespaces',
  'nodes',
  'persistentvolumes',
  'storageclasses',
];

/**
 * What a workload may ask of the API: in the platform's own namespace (an ingress has no business with the Secrets of
 * others), and in the whole cluster only for kinds that have no namespace.
 */
export function accessObjects(platform: Platform, workload: Workload): readonly KubernetesObject[] {
  const rules = [...(workload.kubernetesRules ?? []), ...jobRules(platform, workload)];
  const within = limitedTo(rules, (resource) => !clusterScoped.includes(resource));
  const across = limitedTo(rules, (resource) => clusterScoped.includes(resource));
  const metadata = workloadMetadata(platform, workload, workload.origin);
  const { namespace: _, ...unplaced } = metadata;
  const { name } = metadata;
  const subjects = [{ kind: 'ServiceAccount', name, namespace: platform.cluster.namespace }];
  const refer = (kind: string) => ({ roleRef: { apiGroup: rbac, kind, name }, subjects });
  const apiVersion = `${rbac}/v1` as const;
  const namespaced: readonly KubernetesObject[] = [
    { apiVersion, kind: 'Role', metadata, body: { rules: within } },
    { apiVersion, kind: 'RoleBinding', metadata, body: refer('Role') },
  ];
  const clusterWide: readonly KubernetesObject[] = [
    { apiVersion, kind: 'ClusterRole', metadata: unplaced, body: { rules: across } },
    { apiVersion, kind: 'ClusterRoleBinding', metadata: unplaced, body: refer('ClusterRole') },
  ];
  return [...(within.length === 0 ? [] : namespaced), ...(across.length === 0 ? [] : clusterWide)];
}

type Rules = readonly (NonNullable<Workload['kubernetesRules']>[number] & {
  readonly resourceNames?: readonly string[];
})[];

/** `kubectl wait` lists and watches one object by its name, which a rule for that name allows. */
function jobRules(platform: Platform, workload: Workload): Rules {
  const jobs = jobsAwaited(platform, workload);
  if (jobs.length === 0) return [];
  const resourceNames = jobs.map((job) => objectName(platform, job));
  return [{ apiGroups: ['batch'], resources: ['jobs'], resourceNames, verbs: ['get', 'list', 'watch'] }];
}

function limitedTo(rules: Rules, fits: (resource: string) => boolean): Rules {
  return rules
    .map((rule) => ({ ...rule, resources: rule.resources.filter(fits) }))
    .filter(({ resources }) => resources.length > 0);
}
