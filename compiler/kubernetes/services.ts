import type { Platform, Port, Workload } from '../model/platform.ts';
import { objectName, selectorOf, workloadMetadata } from './names.ts';
import type { KubernetesObject, Placed, ServicePort } from './objects.ts';

type Service = Extract<KubernetesObject, { kind: 'Service' }>;

/** A Service inside the cluster for all ports, and a load balancer for the published ones. */
export function servicesOf(platform: Platform, workload: Workload): readonly Placed[] {
  const place = (object: Service) => ({ object, workload: workload.id, origin: workload.origin });
  const published = workload.ports.filter((port) => port.publish !== undefined);
  const inside = workload.ports.map((port) => servicePort(port, port.port));
  const outside = published.map((port) => servicePort(port, port.publish?.port ?? port.port));
  return [
    ...(inside.length === 0 ? [] : [place(service(platform, workload, 'ClusterIP', inside))]),
    ...(outside.length === 0 ? [] : [place(service(platform, workload, 'LoadBalancer', outside))]),
  ];
}

function service(
  platform: Platform,
  workload: Workload,
  type: 'ClusterIP' | 'LoadBalancer',
  ports: readonly ServicePort[],
): Service {
  const name = objectName(platform, workload.id) + (type === 'LoadBalancer' ? '-outside' : '');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: workloadMetadata(platform, workload, workload.origin, name),
    body: { spec: { type, selector: selectorOf(platform, workload.id), ports } },
  };
}

/** `protocol` is part of the merge key of the list, so it is always written. */
function servicePort({ name, protocol }: Port, port: number): ServicePort {
  return { name, port, targetPort: name, protocol: protocol.toUpperCase() };
}
