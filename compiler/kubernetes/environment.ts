import type { EnvironmentVariable, Platform, Workload } from '../model/platform.ts';
import { pathOfSecret } from '../model/secret-mounts.ts';
import { clusterGpus } from './gpu.ts';
import { secretKeyOf } from './names.ts';
import type { EnvVar } from './objects.ts';

/** The environment of a container in the order of the platform. */
export function environmentOf(platform: Platform, workload: Workload): readonly EnvVar[] {
  const given = workload.environment.map((variable) => variableOf(platform, workload, variable));
  return hidesGpus(platform, workload) ? [...given, { name: visibleGpus, value: 'void' }] : given;
}

/** By it the container runtime of NVIDIA knows which GPUs a container gets; images built on CUDA set it to `all`. */
const visibleGpus = 'NVIDIA_VISIBLE_DEVICES';

/** Where that runtime is the default of the nodes, a service that asks for no GPU would get all that its image asks for. */
function hidesGpus(platform: Platform, { component, gpu, environment }: Workload): boolean {
  const there = clusterGpus(platform, 'nvidia');
  const mayGet = there !== undefined && there.runtime === undefined && component === 'service';
  return mayGet && gpu?.vendor !== 'nvidia' && environment.every(({ name }) => name !== visibleGpus);
}

function variableOf(platform: Platform, workload: Workload, { name, value }: EnvironmentVariable): EnvVar {
  switch (value.kind) {
    case 'text':
      return { name, value: literal(value.text) };
    case 'secret':
      return { name, valueFrom: { secretKeyRef: secretKeyOf(platform, value.secret) } };
    case 'secret-file':
      return { name, value: literal(pathOfSecret(workload, value.secret)) };
  }
}

/**
 * Text that reaches the process unchanged. Kubernetes expands `$(NAME)` in `env`, `command` and `args`, where `$$` stands
 * for one `$` (k8s.io/kubernetes/third_party/forked/golang/expansion); it does not in the command of a probe.
 */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
