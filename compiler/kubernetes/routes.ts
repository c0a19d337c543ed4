import type { Platform, Route, Workload } from '../model/platform.ts';
import { objectName, platformLabels, sourceAnnotation, workloadMetadata } from './names.ts';
import type { Placed } from './objects.ts';

/** What each ingress component answers to in an IngressClass. */
const controllers: Readonly<Record<string, string>> = { traefik: 'traefik.io/ingress-controller' };

/** An Ingress for each route, and one class, named like the ingress, that only this platform's ingress serves. */
export function routeObjects(platform: Platform): readonly Placed[] {
  const ingress = platform.workloads.find(({ component }) => controllers[component] !== undefined);
  if (ingress === undefined) return [];
  const workloads = new Map(platform.workloads.map((workload) => [workload.id, workload]));
  const placed = platform.routes.flatMap((route) => {
    const workload = workloads.get(route.workload);
    return workload === undefined ? [] : [ingressOf(platform, route, workload, ingress)];
  });
  return [ingressClass(platform, ingress), ...placed];
}

function ingressClass(platform: Platform, ingress: Workload): Placed {
  return {
    workload: ingress.id,
    origin: ingress.origin,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: {
        name: objectName(platform, ingress.id),
        labels: platformLabels(platform),
        annotations: sourceAnnotation(ingress.origin),
      },
      body: { spec: { controller: controllers[ingress.component] ?? '' } },
    },
  };
}

function ingressOf(platform: Platform, route: Route, workload: Workload, ingress: Workload): Placed {
  const service = { name: objectName(platform, workload.id), port: { number: route.port } };
  return {
    workload: workload.id,
    origin: route.origin,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: workloadMetadata(platform, workload, route.origin, objectName(platform, route.id)),
      body: {
        spec: {
          ingressClassName: objectName(platform, ingress.id),
          rules: [
            { host: route.hostname, http: { paths: [{ path: route.path, pathType: 'Prefix', backend: { service } }] } },
          ],
        },
      },
    },
  };
}
