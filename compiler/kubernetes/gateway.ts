import type { Platform, Workload } from '../model/platform.ts';
import { guardedHosts } from '../model/sign-on.ts';
import { certificateName } from './certificates.ts';
import { target } from './external-dns.ts';
import { objectName, platformLabels, sourceAnnotation, workloadMetadata } from './names.ts';
import type { GatewaySpec, HttpRouteSpec, Metadata, Placed } from './objects.ts';
import { backend, placed, routeMetadata, type Served } from './served.ts';

/** Name of the listener that serves HTTP, and of the port of the ingress that it listens on. */
const http = 'http';
const https = 'https';
const group = 'gateway.networking.k8s.io';

/**
 * A class that only this platform's ingress serves, and its Gateway. The listener has the port of Traefik's entry point,
 * by which Traefik finds it. Those for HTTPS need a certificate each.
 */
export function gatewayObjects(platform: Platform, ingress: Workload): readonly Placed[] {
  const name = objectName(platform, ingress.id);
  const place = { workload: ingress.id, origin: ingress.origin };
  const metadata = workloadMetadata(platform, ingress, ingress.origin);
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
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...target(platform) } },
        body: {
          spec: {
            gatewayClassName: name,
            listeners: [
              ...listening.map(
                ({ port }) =>
                  ({ name: http, port, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } }) as const,
              ),
              ...httpsListeners(platform, ingress),
            ],
          },
        },
      },
    },
  ];
}

/**
 * The way of a route, over HTTPS where its host is certified; then HTTP sends there. What the server would fill in is
 * written, so that no tool takes it for a difference.
 */
export function httpRoutes(served: Served): readonly Placed[] {
  const { platform, ingress, route } = served;
  const metadata = routeMetadata(served);
  const certified = platform.certificates !== undefined;
  const listener = certified ? httpsListener(platform, route.hostname) : http;
  const matches = [{ path: { type: 'PathPrefix', value: route.path } }] as const;
  const backendRefs = [{ group: '', kind: 'Service', ...backend(served), weight: 1 }] as const;
  const byFile = route.itself === true || guardedHosts(platform.routes).has(route.hostname);
  const port = ingress.ports.find(({ name }) => name === https)?.publish?.port ?? 443;
  const filters = [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', port, statusCode: 301 } }] as const;
  return [
    // What the ingress serves by its own file needs a listener with the certificate of its host, and no backend.
    ...(byFile ? [] : [httpRoute(served, metadata, { listener, rule: { matches, backendRefs } })]),
    ...(certified
      ? [
          httpRoute(
            served,
            { ...metadata, name: `${metadata.name}-to-https` },
            { listener: http, rule: { matches, filters } },
          ),
        ]
      : []),
  ];
}

function httpRoute(
  served: Served,
  metadata: Metadata,
  { listener, rule }: { readonly listener: string; readonly rule: HttpRouteSpec['rules'][number] },
): Placed {
  const { platform, ingress, route } = served;
  return placed(served, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata,
    body: {
      spec: {
        parentRefs: [{ group, kind: 'Gateway', name: objectName(platform, ingress.id), sectionName: listener }],
        hostnames: [route.hostname],
        rules: [rule],
      },
    },
  });
}

/** Name of the listener that serves a host over HTTPS. */
function httpsListener(platform: Platform, hostname: string): string {
  return certificateName(platform, hostname);
}

/** One listener for each certified host, on the port of Traefik's entry point for HTTPS. */
function httpsListeners(platform: Platform, ingress: Workload): GatewaySpec['listeners'] {
  const port = ingress.ports.find(({ name }) => name === https)?.port;
  if (platform.certificates === undefined || port === undefined) return [];
  return [...new Set(platform.routes.map(({ hostname }) => hostname))].sort().map((hostname) => ({
    name: httpsListener(platform, hostname),
    port,
    protocol: 'HTTPS',
    hostname,
    tls: {
      mode: 'Terminate',
      certificateRefs: [{ group: '', kind: 'Secret', name: certificateName(platform, hostname) }],
    },
    allowedRoutes: { namespaces: { from: 'Same' } },
  }));
}
