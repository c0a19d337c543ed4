import type { Platform, Workload } from '../model/platform.ts';
import { accessObjects } from './access.ts';
import { jobObject } from './job.ts';
import { objectName, selectorOf, workloadMetadata } from './names.ts';
import type { DeploymentStrategy, KubernetesObject, Placed } from './objects.ts';
import { podTemplate } from './pod.ts';
import { workloadPolicy } from './policies.ts';
import { disruptionBudget, runsSeveral } from './replicas.ts';
import { servicesOf } from './services.ts';
import { claimSpec, claimsOf, configsOf, hasTemplates, templateName, volumesOf } from './volumes.ts';

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
    ...disruptionBudget(platform, workload).map(place),
    place(controller(platform, workload)),
  ];
}

function controller(platform: Platform, workload: Workload): KubernetesObject {
  if (workload.job !== undefined) return jobObject(platform, workload, workload.job);
  if (workload.everyNode === true) return daemonSet(platform, workload);
  return workload.stateful ? statefulSet(platform, workload) : deployment(platform, workload);
}

/** A pod on each node, also on one that takes no others. */
function daemonSet(platform: Platform, workload: Workload): KubernetesObject {
  const { replicas: _replicas, ...spec } = commonSpec(platform, workload);
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: workloadMetadata(platform, workload, workload.origin),
    body: { spec: { ...spec, updateStrategy } },
  };
}

function deployment(platform: Platform, workload: Workload): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: workloadMetadata(platform, workload, workload.origin),
    body: { spec: { ...commonSpec(platform, workload), strategy: strategyOf(platform, workload) } },
  };
}

/**
 * A new pod is ready before the old one goes. With a volume that one node alone may mount, the old one must go first; with
 * a GPU or a port of the node as well, where the new one would wait for what the old one holds. A claim that is there
 * already may be one that several nodes mount, which several copies rely on.
 */
function strategyOf(platform: Platform, workload: Workload): DeploymentStrategy {
  const claims = volumesOf(platform, workload).filter(({ hostPath }) => hostPath === undefined);
  const several = runsSeveral(workload);
  if (several ? claimsOf(platform, workload).length > 0 : claims.length > 0) return { type: 'Recreate' };
  const holds = workload.gpu !== undefined || (workload.hostNetwork === true && workload.ports.length > 0);
  if (!holds) return { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  return several ? { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } : { type: 'Recreate' };
}

/**
 * Pods each with their own claims; the claims outlive them, whatever happens to the set. `serviceName`, the selector and
 * the templates cannot be changed any more once the set is there, so they depend on nothing that a file may change.
 */
function statefulSet(platform: Platform, workload: Workload): KubernetesObject {
  const templates = claimsOf(platform, workload).map((volume) => ({
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
    replicas: workload.replicas ?? 1,
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
  if (hasTemplates(workload)) return [];
  // Of a volume that others mount as well, the claim is its owner's.
  const own = claimsOf(platform, workload).filter((volume) => volume.workload === workload.id);
  return own.map((volume) => ({
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
