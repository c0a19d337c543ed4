import type { Finding } from '../../schema/diagnostic.ts';
import { listsBy } from '../model/narrow.ts';
import type { Config, Platform, Workload } from '../model/platform.ts';

/** The values of a ConfigMap together (Kubernetes, pkg/apis/core: MaxSecretSize). */
const mostConfigBytes = 2 ** 20;

/** What no cluster takes, or would be harmed by. */
export function checkCluster(platform: Platform): readonly Finding[] {
  if (platform.target !== 'kubernetes') return [];
  const configs = listsBy(platform.configs, ({ workload }) => [workload]);
  return [
    ...namespaceOfCluster(platform),
    ...platform.workloads.flatMap((workload) => tooMuchConfig(workload, configs.get(workload.id) ?? [])),
  ];
}

/**
 * The namespace of a platform denies what no need allows and enforces a Pod Security level. In one of the cluster's own that
 * would stop its name server or whatever else lies there; in `default` a Service called `kubernetes` is the API server.
 */
function namespaceOfCluster({ name, cluster: { namespace } }: Platform): readonly Finding[] {
  if (namespace !== 'default' && !namespace.startsWith('kube-')) return [];
  const isNamed = namespace !== name;
  return [
    {
      code: 'AG480',
      pointer: isNamed ? '/cluster/namespace' : '/name',
      message: `the namespace '${namespace}' is the cluster's own: the platform's network policies and its Pod Security level would hold for all that lies in it`,
      hint: isNamed
        ? `leave it out, then it is '${name}', or name one that is for this platform alone`
        : 'name one that is for this platform alone: `cluster: { namespace: platform }`',
    },
  ];
}

/** All files of a workload are one ConfigMap. */
function tooMuchConfig({ id, origin }: Workload, configs: readonly Config[]): readonly Finding[] {
  const bytes = configs.reduce((sum, { text }) => sum + bytesOf(text), 0);
  if (bytes <= mostConfigBytes) return [];
  const largest = configs.reduce((most, each) => (bytesOf(each.text) > bytesOf(most.text) ? each : most));
  return [
    {
      code: 'AG481',
      pointer: origin,
      at: 'key',
      message: `the config files of '${id}' have ${bytes} bytes together, and the ConfigMap that holds them ${mostConfigBytes} at most`,
      hint: 'put large files into the image or a volume',
      related: [{ pointer: largest.origin, message: `the largest has ${bytesOf(largest.text)} bytes` }],
    },
  ];
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
