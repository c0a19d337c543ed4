import type { Platform, Workload } from '../model/platform.ts';
import { objectName, platformLabels, sourceAnnotation, workloadMetadata } from './names.ts';
import type { Placed } from './objects.ts';
import { backend, placed, routeMetadata, type Served } from './served.ts';

/** Name of the listener that serves HTTP, and of the port of the ingress that it listens on. */
const http = 'http';
const group = 'gateway.networking.k8s.io';

/**
 * A class that only this platform's ingress serves, and its Gateway. The listener has the port of Traefik's entry point,
 * by which Traefik finds it. One for HTTPS needs a certificate, and there is none yet.
 */
export function gatewayObjects(platform: Platform, ingress: Workload): readonly Placed[] {
  const name = objectName(platform, ingress.id);
  const place = { workload: ingress.id, origin: ingress.origin };
  const listening = ingress.ports.filter((port) => port.name === http);
  return [
    {
      ...place,
      object: {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'GatewayClass',
        metadata: { name, labels: platformLabels(platform), annotations: sourceAnnotation(ingress.origin) },
        body: { spec: { controllerName: 'traefik.io/gateway-controller' } },
      },
    },
    {
      ...place,
      object: {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: workloadMetadata(platform, ingress, ingress.origin),
        body: {
          spec: {
            gatewayClassName: name,
            listeners: listening.map(({ port }) => ({
              name: http,
              port,
              protocol: 'HTTP',
              allowedRoutes: { namespaces: { from: 'Same' } },
            })),
          },
        },
      },
    },
  ];
}

/** What the server would fill in is written, so that no tool takes it for a difference. */
export function httpRoute(served: Served): Placed {
  const { platform, ingress, route } = served;
  return placed(served, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: routeMetadata(served),
    body: {
      spec: {
        parentRefs: [{ group, kind: 'Gateway', name: objectName(platform, ingress.id), sectionName: http }],
        hostnames: [route.hostname],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: route.path } }],
            backendRefs: [{ group: '', kind: 'Service', ...backend(served), weight: 1 }],
          },
        ],
      },
    },
  });
}
