import { digestOf } from '../model/digest.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { environmentOf, literal } from './environment.ts';
import { gpuPlacement, gpuResources } from './gpu.ts';
import { objectName, sourceAnnotation, workloadLabels } from './names.ts';
import type { Container, PodSpec, PodTemplate } from './objects.ts';
import { probesOf } from './probes.ts';
import { cpuQuantity, sizeQuantity } from './quantity.ts';
import { spread } from './replicas.ts';
import { containerSecurity, levelAnnotations, podSecurity } from './security.ts';
import { configsOf, podFiles } from './volumes.ts';
import { gatesOf } from './wait.ts';

/** The pods of a workload. A change of a config file changes an annotation, and so restarts them. */
export function podTemplate(platform: Platform, workload: Workload): PodTemplate {
  const files = podFiles(platform, workload);
  const gates = gatesOf(platform, workload);
  const volumes = [...files.volumes, ...gates.volumes];
  const container = containerOf(platform, workload);
  return {
    metadata: {
      labels: workloadLabels(platform, workload),
      annotations: {
        ...sourceAnnotation(workload.origin),
        ...levelAnnotations(platform, workload),
        ...configDigest(platform, workload),
      },
    },
    spec: {
      serviceAccountName: objectName(platform, workload.id),
      automountServiceAccountToken: workload.kubernetesRules !== undefined,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: Math.ceil(workload.stopGraceMs / 1000),
      ...runOf(workload),
      ...networkOf(workload),
      ...gpuPlacement(platform, workload.gpu),
      ...spread(platform, workload),
      ...(workload.everyNode === true ? { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] } : {}),
      securityContext: podSecurity(platform, workload),
      ...(gates.containers.length === 0 ? {} : { initContainers: gates.containers }),
      containers: [{ ...container, ...(files.mounts.length === 0 ? {} : { volumeMounts: files.mounts }) }],
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  };
}

/** Each try of a job is a pod of its own, which ends with its time. */
function runOf({ job }: Workload): Pick<PodSpec, 'restartPolicy' | 'activeDeadlineSeconds'> {
  if (job === undefined) return {};
  return { restartPolicy: 'Never', activeDeadlineSeconds: Math.ceil(job.timeoutMs / 1000) };
}

/** A pod on the network of its node still finds the Services of the cluster. */
function networkOf({ hostNetwork, extraHosts = [] }: Workload): Partial<PodSpec> {
  const addresses = [...new Set(extraHosts.map(({ address }) => address))];
  const hostAliases = addresses.map((ip) => ({
    ip,
    hostnames: extraHosts.flatMap(({ address, hostname }) => (address === ip ? [hostname] : [])),
  }));
  return {
    ...(hostNetwork === true ? { hostNetwork, dnsPolicy: 'ClusterFirstWithHostNet' } : {}),
    ...(hostAliases.length === 0 ? {} : { hostAliases }),
  };
}

function containerOf(platform: Platform, workload: Workload): Container {
  const env = environmentOf(platform, workload);
  const ports = workload.ports.map(({ name, port, protocol }) => ({
    name,
    containerPort: port,
    // The server fills it in, on the network of the node, and a field that it fills in looks like a difference.
    ...(workload.hostNetwork === true ? { hostPort: port } : {}),
    protocol: protocol.toUpperCase(),
  }));
  return {
    name: workload.id,
    image: workload.image,
    imagePullPolicy: 'IfNotPresent',
    ...(workload.entrypoint === undefined ? {} : { command: workload.entrypoint.map(literal) }),
    ...(workload.command === undefined ? {} : { args: workload.command.map(literal) }),
    ...(workload.workingDirectory === undefined ? {} : { workingDir: workload.workingDirectory }),
    ...(env.length === 0 ? {} : { env }),
    ...(ports.length === 0 ? {} : { ports }),
    ...probesOf(workload),
    resources: resourcesOf(platform, workload),
    securityContext: containerSecurity(workload),
  };
}

/**
 * Requests are what the scheduler sets aside: a tenth of the CPU limit and half of the memory limit, so that a small
 * server holds more than the sum of the limits, and memory, which cannot be taken back, is overbooked less than CPU.
 */
function resourcesOf(platform: Platform, { limits, gpu }: Workload): NonNullable<Container['resources']> {
  return {
    requests: {
      cpu: cpuQuantity(Math.max(0.01, limits.cpus / 10)),
      memory: sizeQuantity(Math.ceil(limits.memoryBytes / 2)),
      ...gpuResources(platform, gpu),
    },
    limits: { cpu: cpuQuantity(limits.cpus), memory: sizeQuantity(limits.memoryBytes), ...gpuResources(platform, gpu) },
  };
}

function configDigest(platform: Platform, workload: Workload): Record<string, string> {
  const configs = configsOf(platform, workload);
  if (configs.length === 0) return {};
  return { 'autogit.dev/config-digest': digestOf(configs.flatMap(({ file, text }) => [file, text])) };
}
