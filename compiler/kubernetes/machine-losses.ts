import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { knowsMemory } from './gpu.ts';
import { kernelSettings } from './kernel-settings.ts';

/** What a workload asks of its machine and cannot have on a node, or not everywhere. */
export function machineLosses(platform: Platform, workload: Workload): readonly Finding[] {
  return [
    ...resourceLimits(workload),
    ...devices(workload),
    ...settings(platform, workload),
    ...network(workload),
    ...gpuMemory(platform, workload),
  ];
}

function resourceLimits({ id, origin, ulimits = [] }: Workload): readonly Finding[] {
  if (ulimits.length === 0) return [];
  const names = ulimits.map(({ name }) => name).join(', ');
  return [
    {
      code: 'AG520',
      pointer: pointerTo(origin, 'ulimits'),
      message: `'${id}' sets the limits ${names}, but a pod has those of its node`,
      hint: 'set them in the container runtime of the nodes, and accept AG520 with a reason',
    },
  ];
}

function devices({ id, origin, devices = [] }: Workload): readonly Finding[] {
  if (devices.length === 0) return [];
  return [
    {
      code: 'AG521',
      pointer: pointerTo(origin, 'devices'),
      message: `'${id}' uses ${devices.join(', ')}, which a pod gets from a device plugin alone`,
      hint: 'install a device plugin and ask for its resource with a patch, and accept AG521 with a reason',
    },
  ];
}

function settings(platform: Platform, workload: Workload): readonly Finding[] {
  const { unsafe, impossible } = kernelSettings(platform, workload);
  const { id, origin } = workload;
  return [
    ...unsafe.map(({ name }) => ({
      code: 'AG522',
      pointer: pointerTo(origin, 'sysctls', name),
      message: `'${id}' sets ${name}, for which a node refuses the pod unless its kubelet allows it`,
      hint: `start kubelets with --allowed-unsafe-sysctls=${name}, and accept AG522 with a reason`,
    })),
    ...impossible.map(({ name }) => ({
      code: 'AG522',
      pointer: pointerTo(origin, 'sysctls', name),
      message: `'${id}' sets ${name}, which belongs to the whole node`,
      hint: 'set it on the nodes, and accept AG522 with a reason',
    })),
  ];
}

function network({ id, origin, hostNetwork }: Workload): readonly Finding[] {
  if (hostNetwork !== true) return [];
  return [
    {
      code: 'AG524',
      pointer: pointerTo(origin, 'hostNetwork'),
      message: `'${id}' uses the network of its node, where network policies do not see it: nothing limits what it reaches, and others that let '${id}' in may refuse it`,
      hint: 'publish its ports instead, or accept AG524 with a reason',
    },
  ];
}

function gpuMemory(platform: Platform, { id, gpu }: Workload): readonly Finding[] {
  if (gpu?.memoryBytes === undefined || knowsMemory(platform, gpu.vendor)) return [];
  return [
    {
      code: 'AG526',
      pointer: pointerTo(gpu.origin, 'memory'),
      message: `'${id}' asks for GPUs with enough memory, but nodes do not say how much those of ${gpu.vendor} have`,
      hint: `say it of all of them, \`cluster: { gpus: { ${gpu.vendor}: { memory: … } } }\`, or label the right nodes, select them with a patch, and accept AG526 with a reason`,
    },
  ];
}
