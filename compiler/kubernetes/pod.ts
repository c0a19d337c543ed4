import { digestOf } from '../model/digest.ts';
import type { Limits, Platform, Workload } from '../model/platform.ts';
import { environmentOf, literal } from './environment.ts';
import { objectName, sourceAnnotation, workloadLabels } from './names.ts';
import type { Container, PodTemplate } from './objects.ts';
import { probesOf } from './probes.ts';
import { cpuQuantity, sizeQuantity } from './quantity.ts';
import { containerSecurity, levelAnnotations, podSecurity } from './security.ts';
import { configsOf, podFiles } from './volumes.ts';
import { waitContainers } from './wait.ts';

/** The pods of a workload. A change of a config file changes an annotation, and so restarts them. */
export function podTemplate(platform: Platform, workload: Workload): PodTemplate {
  const { volumes, mounts } = podFiles(platform, workload);
  const waits = waitContainers(platform, workload);
  return {
    metadata: {
      labels: workloadLabels(platform, workload),
      annotations: {
        ...sourceAnnotation(workload.origin),
        ...levelAnnotations(workload),
        ...configDigest(platform, workload),
      },
    },
    spec: {
      serviceAccountName: objectName(platform, workload.id),
      automountServiceAccountToken: workload.kubernetesRules !== undefined,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: Math.ceil(workload.stopGraceMs / 1000),
      securityContext: podSecurity(workload),
      ...(waits.length === 0 ? {} : { initContainers: waits }),
      containers: [{ ...containerOf(platform, workload), ...(mounts.length === 0 ? {} : { volumeMounts: mounts }) }],
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  };
}

function containerOf(platform: Platform, workload: Workload): Container {
  const env = environmentOf(platform, workload);
  const ports = workload.ports.map(({ name, port, protocol }) => ({
    name,
    containerPort: port,
    protocol: protocol.toUpperCase(),
  }));
  return {
    name: workload.id,
    image: workload.image,
    imagePullPolicy: 'IfNotPresent',
    ...(workload.entrypoint === undefined ? {} : { command: workload.entrypoint.map(literal) }),
    ...(workload.command === undefined ? {} : { args: workload.command.map(literal) }),
    ...(env.length === 0 ? {} : { env }),
    ...(ports.length === 0 ? {} : { ports }),
    ...probesOf(workload),
    resources: resourcesOf(workload.limits),
    securityContext: containerSecurity(workload),
  };
}

/**
 * Requests are what the scheduler sets aside: a tenth of the CPU limit and half of the memory limit, so that a small
 * server holds more than the sum of the limits, and memory, which cannot be taken back, is overbooked less than CPU.
 */
function resourcesOf(limits: Limits): NonNullable<Container['resources']> {
  return {
    requests: {
      cpu: cpuQuantity(Math.max(0.01, limits.cpus / 10)),
      memory: sizeQuantity(Math.ceil(limits.memoryBytes / 2)),
    },
    limits: { cpu: cpuQuantity(limits.cpus), memory: sizeQuantity(limits.memoryBytes) },
  };
}

function configDigest(platform: Platform, workload: Workload): Record<string, string> {
  const configs = configsOf(platform, workload);
  if (configs.length === 0) return {};
  return { 'autogit.dev/config-digest': digestOf(configs.flatMap(({ file, text }) => [file, text])) };
}
