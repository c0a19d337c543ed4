import type { Platform, Route, Workload } from '../model/platform.ts';
import { target } from './external-dns.ts';
import { objectName, workloadMetadata } from './names.ts';
import type { KubernetesObject, Metadata, Placed } from './objects.ts';

/** A route with the workload that it leads to and the one that serves it. */
export interface Served {
  readonly platform: Platform;
  readonly ingress: Workload;
  readonly route: Route;
  readonly workload: Workload;
}

/** Components that serve routes, of which a platform has at most one. */
const components: readonly string[] = ['traefik'];

export function isIngress({ component }: Workload): boolean {
  return components.includes(component);
}

/** The object of a route lies with the workload that it leads to. */
export function placed({ workload, route }: Served, object: KubernetesObject): Placed {
  return { workload: workload.id, origin: route.origin, object };
}

export function routeMetadata({ platform, workload, route }: Served): Metadata {
  const metadata = workloadMetadata(platform, workload, route.origin, objectName(platform, route.id));
  return { ...metadata, annotations: { ...metadata.annotations, ...target(platform) } };
}

/** The Service and its port that requests go to. */
export function backend({ platform, route }: Served): { readonly name: string; readonly port: number } {
  return { name: objectName(platform, route.workload), port: route.port };
}
