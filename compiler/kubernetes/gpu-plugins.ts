import { digestOf } from '../model/digest.ts';
import type { ClusterGpus, GpuVendor, Platform } from '../model/platform.ts';
import { yamlText } from '../model/yaml-text.ts';
import { gpuResource, gpuRuntimeClass } from './gpu.ts';
import { objectName, platformLabels, selectorOf, sourceAnnotation } from './names.ts';
import type { Container, KubernetesObject, Metadata, Placed, PodVolume, VolumeMount } from './objects.ts';

type Offered = ClusterGpus & { readonly image: string };

/** Where a device plugin finds the kubelet of its node. */
const kubelet = '/var/lib/kubelet/device-plugins';
const configFile = { name: 'config.yaml', folder: '/etc/device-plugin' } as const;

/**
 * The device plugin of each vendor on every node that may have its GPUs, as its maker runs it, in a namespace of their own:
 * they mount folders of the node, which no other pod of the platform needs to be allowed. And the class of pods that a
 * container runtime lets at GPUs.
 */
export function gpuPluginObjects(platform: Platform, gpus: readonly ClusterGpus[]): readonly Placed[] {
  const offered = gpus.filter((each): each is Offered => each.image !== undefined);
  return [
    ...gpus.flatMap((each) => runtimeClass(platform, each)),
    ...(offered.length === 0 ? [] : ownNamespace(platform)),
    ...offered.flatMap((each) => pluginOf(platform, each)),
  ];
}

function runtimeClass(platform: Platform, { runtime, origin }: ClusterGpus): readonly Placed[] {
  if (runtime === undefined) return [];
  const metadata = {
    name: gpuRuntimeClass(platform),
    labels: platformLabels(platform),
    annotations: sourceAnnotation(origin),
  };
  return [
    { origin, object: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata, body: { handler: runtime } } },
  ];
}

/** Plugins talk to the kubelet alone, by a socket of the node. */
function ownNamespace(platform: Platform): readonly Placed[] {
  const origin = '/cluster/gpus';
  const name = objectName(platform, 'gpus');
  const labels = platformLabels(platform);
  const levels = ['audit', 'enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'privileged']);
  const exception = { 'autogit.dev/pod-security': `privileged: device plugins mount ${kubelet} of their node` };
  const deny = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  const objects: readonly KubernetesObject[] = [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: { ...labels, ...Object.fromEntries(levels) },
        annotations: { ...sourceAnnotation(origin), ...exception },
      },
      body: {},
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'gpus-default-deny', namespace: name, labels, annotations: sourceAnnotation(origin) },
      body: { spec: deny },
    },
  ];
  return objects.map((object) => ({ object, origin }));
}

function pluginOf(platform: Platform, gpus: Offered): readonly Placed[] {
  const { vendor, origin } = gpus;
  const id = `gpu-${vendor}`;
  const selector = selectorOf(platform, id);
  const labels = { ...platformLabels(platform), ...selector, 'app.kubernetes.io/name': `${vendor}-device-plugin` };
  const name = objectName(platform, id);
  const metadata: Metadata = {
    name,
    namespace: objectName(platform, 'gpus'),
    labels,
    annotations: sourceAnnotation(origin),
  };
  const config = configOf(gpus);
  const own = volumesOf(vendor, config === undefined ? undefined : name);
  const digest = config === undefined ? {} : { 'autogit.dev/config-digest': digestOf([config]) };
  const objects: readonly KubernetesObject[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, body: { automountServiceAccountToken: false } },
    ...(config === undefined
      ? []
      : [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, body: { data: { [configFile.name]: config } } } as const]),
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      body: {
        spec: {
          selector: { matchLabels: selector },
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
          template: {
            metadata: { labels, annotations: { ...sourceAnnotation(origin), ...digest } },
            spec: {
              serviceAccountName: name,
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              // Without it no pod of its node gets a GPU.
              priorityClassName: 'system-node-critical',
              ...(gpus.runtime === undefined ? {} : { runtimeClassName: gpuRuntimeClass(platform) }),
              nodeSelector: { ...nodesMadeFor(vendor), ...gpus.nodes },
              tolerations: [{ key: gpuResource(vendor, gpus), operator: 'Exists', effect: 'NoSchedule' }],
              securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
              containers: [{ ...containerOf(gpus, config !== undefined), volumeMounts: own.mounts }],
              volumes: own.volumes,
            },
          },
        },
      },
    },
  ];
  return objects.map((object) => ({ object, origin }));
}

/** AMD and Intel publish their plugins for one architecture alone. */
function nodesMadeFor(vendor: GpuVendor): Readonly<Record<string, string>> {
  return { ...(vendor === 'nvidia' ? {} : { 'kubernetes.io/arch': 'amd64' }), 'kubernetes.io/os': 'linux' };
}

/** As root of the node's folders, with nothing else that root has. */
function containerOf({ vendor, image, share }: Offered, hasConfig: boolean): Container {
  const common = {
    name: `${vendor}-device-plugin`,
    image,
    imagePullPolicy: 'IfNotPresent',
    resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '256Mi' } },
  };
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  switch (vendor) {
    case 'amd':
      return { ...common, securityContext };
    case 'intel':
      return {
        ...common,
        ...(share === undefined ? {} : { args: [`-shared-dev-num=${share}`] }),
        env: [
          { name: 'NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
          { name: 'HOST_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } } },
        ],
        securityContext: {
          ...securityContext,
          readOnlyRootFilesystem: true,
          seLinuxOptions: { type: 'container_device_plugin_t' },
        },
      };
    case 'nvidia':
      return {
        ...common,
        command: ['nvidia-device-plugin'],
        env: [
          // On a node without a GPU it waits and does not end.
          { name: 'FAIL_ON_INIT_ERROR', value: 'false' },
          { name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' },
          { name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'compute,utility' },
          ...(hasConfig ? [{ name: 'CONFIG_FILE', value: `${configFile.folder}/${configFile.name}` }] : []),
        ],
        securityContext,
      };
  }
}

/** Turns on one GPU for several pods: https://github.com/NVIDIA/k8s-device-plugin#shared-access-to-gpus */
function configOf({ vendor, share }: ClusterGpus): string | undefined {
  if (vendor !== 'nvidia' || share === undefined) return undefined;
  const timeSlicing = {
    failRequestsGreaterThanOne: true,
    resources: [{ name: gpuResource(vendor, undefined), replicas: share }],
  };
  return yamlText({ version: 'v1', sharing: { timeSlicing } }, { comment: 'Rendered by AutoGit from autogit.yaml.' });
}

interface Files {
  readonly volumes: readonly PodVolume[];
  readonly mounts: readonly VolumeMount[];
}

/** Folders of the node and, by the name of its ConfigMap, the configuration. */
function volumesOf(vendor: GpuVendor, config: string | undefined): Files {
  const folders = [{ name: 'kubelet', path: kubelet, type: 'Directory' }, ...foldersOf[vendor]];
  return {
    volumes: [
      ...folders.map(({ name, path, type }) => ({ name, hostPath: { path, type } })),
      ...(config === undefined ? [] : [{ name: 'config', configMap: { name: config } }]),
    ],
    mounts: [
      ...folders.map(({ name, path, readOnly }) => ({
        name,
        mountPath: path,
        ...(readOnly === true ? { readOnly } : {}),
      })),
      ...(config === undefined ? [] : [{ name: 'config', mountPath: configFile.folder, readOnly: true }]),
    ],
  };
}

interface Folder {
  readonly name: string;
  readonly path: string;
  /** Of a hostPath; the empty one asks for nothing to be there. */
  readonly type: string;
  readonly readOnly?: true;
}

const foldersOf: Readonly<Record<GpuVendor, readonly Folder[]>> = {
  amd: [{ name: 'sys', path: '/sys', type: 'Directory', readOnly: true }],
  intel: [
    { name: 'dri', path: '/dev/dri', type: '', readOnly: true },
    { name: 'drm', path: '/sys/class/drm', type: '', readOnly: true },
    { name: 'cdi', path: '/var/run/cdi', type: 'DirectoryOrCreate' },
  ],
  nvidia: [],
};
