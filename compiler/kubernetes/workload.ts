import type { Platform, Workload } from '../model/platform.ts';
import { objectName, selectorOf, workloadMetadata } from './names.ts';
import type { KubernetesObject, Placed } from './objects.ts';
import { podTemplate } from './pod.ts';
import { workloadPolicy } from './policies.ts';
import { servicesOf } from './services.ts';
import { claimSpec, configsOf, templateName, volumesOf } from './volumes.ts';

/** Every object of one workload but its routes. Of the platform it is enough what concerns the workload. */
export function workloadObjects(platform: Platform, workload: Workload): readonly Placed[] {
  const place = (object: KubernetesObject): Placed => ({ object, workload: workload.id, origin: workload.origin });
  const metadata = workloadMetadata(platform, workload, workload.origin);
  const policy = workloadPolicy(platform, workload);
  return [
    place({ apiVersion: 'v1', kind: 'ServiceAccount', metadata, body: { automountServiceAccountToken: false } }),
    ...accessObjects(platform, workload).map(place),
    ...(policy === undefined ? [] : [policy]),
    ...configMap(platform, workload).map(place),
    ...claims(platform, workload),
    ...servicesOf(platform, workload),
    place(workload.stateful ? statefulSet(platform, workload) : deployment(platform, workload)),
  ];
}

/**
 * A new pod is ready before the old one goes. With a volume that one node alone may mount, the old one must go first.
 */
function deployment(platform: Platform, workload: Workload): KubernetesObject {
  const claimed = volumesOf(platform, workload).length > 0;
  const strategy = claimed
    ? { type: 'Recreate' }
    : { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: workloadMetadata(platform, workload, workload.origin),
    body: { spec: { ...commonSpec(platform, workload), strategy } },
  };
}

/** One pod with its own claims; the claims outlive it, whatever happens to the set. */
function statefulSet(platform: Platform, workload: Workload): KubernetesObject {
  const templates = volumesOf(platform, workload).map((volume) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: templateName(workload, volume.id), labels: selectorOf(platform, workload.id) },
    spec: claimSpec(platform, volume),
  }));
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: workloadMetadata(platform, workload, workload.origin),
    body: {
      spec: {
        ...commonSpec(platform, workload),
        serviceName: objectName(platform, workload.id),
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        updateStrategy: { type: 'RollingUpdate' },
        ...(templates.length === 0 ? {} : { volumeClaimTemplates: templates }),
      },
    },
  };
}

function commonSpec(platform: Platform, workload: Workload) {
  return {
    replicas: 1,
    revisionHistoryLimit: 3,
    selector: { matchLabels: selectorOf(platform, workload.id) },
    template: podTemplate(platform, workload),
  };
}

function configMap(platform: Platform, workload: Workload): readonly KubernetesObject[] {
  const configs = configsOf(platform, workload);
  if (configs.length === 0) return [];
  const metadata = workloadMetadata(platform, workload, workload.origin);
  const data = Object.fromEntries(configs.map(({ file, text }) => [file, text]));
  return [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, body: { data } }];
}

/** A stateful workload makes its claims from templates instead. */
function claims(platform: Platform, workload: Workload): readonly Placed[] {
  if (workload.stateful) return [];
  return volumesOf(platform, workload).map((volume) => ({
    workload: workload.id,
    origin: volume.origin,
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: workloadMetadata(platform, workload, volume.origin, objectName(platform, volume.id)),
      body: { spec: claimSpec(platform, volume) },
    },
  }));
}

const rbac = 'rbac.authorization.k8s.io';
/** Kinds without a namespace that a rule may name. */
const clusterScoped: readonly string[] = [
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
function accessObjects(platform: Platform, workload: Workload): readonly KubernetesObject[] {
  const rules = workload.kubernetesRules ?? [];
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

type Rules = NonNullable<Workload['kubernetesRules']>;

function limitedTo(rules: Rules, fits: (resource: string) => boolean): Rules {
  return rules
    .map((rule) => ({ ...rule, resources: rule.resources.filter(fits) }))
    .filter(({ resources }) => resources.length > 0);
}
