import { nodesName } from '../model/nodes-name.ts';
import type { Platform, Port, Workload } from '../model/platform.ts';
import { servedHosts } from './external-dns.ts';
import { objectName, selectorOf, workloadMetadata } from './names.ts';
import type { KubernetesObject, Placed, ServicePort } from './objects.ts';
import { isIngress } from './served.ts';

type Service = Extract<KubernetesObject, { kind: 'Service' }>;

/**
 * A Service inside the cluster for all ports, one more for each further name, and a load balancer for the published
 * ports. On the network of the node a port is reachable from outside as it is.
 */
export function servicesOf(platform: Platform, workload: Workload): readonly Placed[] {
  const place = (object: Service) => ({ object, workload: workload.id, origin: workload.origin });
  const published = workload.ports.filter(
    ({ publish, port }) => publish !== undefined && !(workload.hostNetwork === true && publish.port === port),
  );
  const name = objectName(platform, workload.id);
  const names = [name, ...(workload.aliases ?? [])];
  const inside = workload.ports.map((port) => servicePort(port, port.port));
  const outside = published.map((port) => servicePort(port, port.publish?.port ?? port.port));
  if (workload.everyNode === true) return [place(nodesService(platform, workload, inside))];
  return [
    ...(inside.length === 0 ? [] : names.map((each) => place(service(platform, workload, 'ClusterIP', each, inside)))),
    ...(outside.length === 0 ? [] : [place(service(platform, workload, 'LoadBalancer', `${name}-outside`, outside))]),
  ];
}

function service(
  platform: Platform,
  workload: Workload,
  type: 'ClusterIP' | 'LoadBalancer',
  name: string,
  ports: readonly ServicePort[],
): Service {
  const metadata = workloadMetadata(platform, workload, workload.origin, name);
  const hosts = type === 'LoadBalancer' && isIngress(workload) ? servedHosts(platform) : {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...hosts } },
    body: { spec: { type, selector: selectorOf(platform, workload.id), ports } },
  };
}

/** A name that leads to the pods of all nodes, those that do not answer included: whoever asks each wants to know of them. */
function nodesService(platform: Platform, workload: Workload, ports: readonly ServicePort[]): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: workloadMetadata(platform, workload, workload.origin, nodesName(platform.name, workload.id)),
    body: {
      spec: {
        type: 'ClusterIP',
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: selectorOf(platform, workload.id),
        ports,
      },
    },
  };
}

/** `protocol` is part of the merge key of the list, so it is always written. */
function servicePort({ name, protocol }: Port, port: number): ServicePort {
  return { name, port, targetPort: name, protocol: protocol.toUpperCase() };
}
