import type { Platform, Workload } from '../model/platform.ts';
import { certificateObjects } from './certificates.ts';
import { gatewayObjects, httpRoutes } from './gateway.ts';
import { ingressClass, ingressOf } from './ingress.ts';
import { ingressRoute } from './ingress-route.ts';
import type { Placed } from './objects.ts';
import { isIngress, type Served } from './served.ts';

/**
 * An object for each route, of the kind that the file chose, and what all of them refer to: a class that only this
 * platform's ingress serves, or a Gateway; and who certifies their hosts.
 */
export function routeObjects(platform: Platform): readonly Placed[] {
  const ingress = platform.workloads.find(isIngress);
  if (ingress === undefined) return [];
  const workloads = new Map(platform.workloads.map((workload) => [workload.id, workload]));
  const served = platform.routes.flatMap((route): readonly Served[] => {
    const workload = workloads.get(route.workload);
    return workload === undefined ? [] : [{ platform, ingress, route, workload }];
  });
  return [...certificateObjects(platform, ingress), ...objectsOf(platform, ingress, served)];
}

function objectsOf(platform: Platform, ingress: Workload, served: readonly Served[]): readonly Placed[] {
  switch (platform.cluster.routes) {
    case 'ingress':
      return [ingressClass(platform, ingress), ...served.map(ingressOf)];
    case 'traefik':
      return served.map(ingressRoute);
    case 'gateway':
      return [...gatewayObjects(platform, ingress), ...served.flatMap(httpRoutes)];
  }
}
