import type { Pointer } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** A place of the file that is in a rendered object, and as what. */
export interface Part {
  readonly pointer: Pointer;
  readonly what: string;
}

/** What a rendered object is, as far as its parts depend on it. */
export interface RenderedObject {
  /** Kubernetes kind, `compose` for a service of a Compose file, or `config`. */
  readonly kind: string;
  /** Name of the object, or key of the service. */
  readonly name: string;
  readonly workload?: string;
  readonly origin: Pointer;
}

/** Everything of the file that made an object, the object itself first, each place once. Pure. */
export function madeOf(object: RenderedObject, platform: Platform): readonly Part[] {
  const workload = platform.workloads.find(({ id }) => id === object.workload);
  const parts = [
    { pointer: object.origin, what: object.workload ?? 'the platform' },
    ...(workload === undefined ? [] : partsOf(object.kind, workload, platform)),
    ...patchesOf(object, platform),
  ];
  const first = new Map(parts.map((part) => [part.pointer, part] as const).reverse());
  return parts.filter((part) => first.get(part.pointer) === part);
}

function partsOf(kind: string, workload: Workload, platform: Platform): readonly Part[] {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
    case 'CronJob':
      return [...container(workload), ...volumes(workload, platform), ...configs(workload, platform)];
    case 'compose':
      return [
        ...container(workload),
        ...volumes(workload, platform),
        ...configs(workload, platform),
        ...links(workload, platform),
      ];
    case 'Service':
      return ports(workload);
    case 'NetworkPolicy':
      return [...links(workload, platform), ...ports(workload).filter(({ what }) => what.includes('published'))];
    case 'Ingress':
    case 'IngressRoute':
    case 'HTTPRoute':
      return routes(workload, platform);
    case 'PersistentVolumeClaim':
      return volumes(workload, platform);
    case 'ConfigMap':
    case 'config':
      return [...configs(workload, platform), ...(workload.id === 'ingress' ? allRoutes(platform) : [])];
    default:
      return [];
  }
}

/** Keys of the workload that its container comes from; those that the file does not have lead to the workload itself. */
const ofContainer: readonly string[] = ['image', 'command', 'entrypoint', 'health', 'limits', 'user', 'stop'];

function container(workload: Workload): readonly Part[] {
  return [
    ...ofContainer.map((key) => ({ pointer: pointerTo(workload.origin, key), what: key })),
    ...workload.environment.map(({ name, origin }) => ({ pointer: origin, what: `variable ${name}` })),
    ...ports(workload),
    ...workload.needs.map((need) => ({ pointer: need.origin, what: `waits for ${need.workload}` })),
    ...(workload.job === undefined ? [] : [{ pointer: workload.job.origin, what: 'when it runs' }]),
    ...(workload.gpu === undefined ? [] : [{ pointer: workload.gpu.origin, what: 'GPUs' }]),
  ];
}

function ports(workload: Workload): readonly Part[] {
  return workload.ports.map(({ name, port, publish, origin }) => ({
    pointer: origin,
    what: publish === undefined ? `port ${name} ${port}` : `port ${name} ${port}, published as ${publish.port}`,
  }));
}

function volumes({ id }: Workload, platform: Platform): readonly Part[] {
  return platform.volumes.flatMap((volume) =>
    volume.workload === id ? [{ pointer: volume.origin, what: `volume ${volume.id}` }] : [],
  );
}

function configs({ id }: Workload, platform: Platform): readonly Part[] {
  return platform.configs.flatMap((config) =>
    config.workload === id ? [{ pointer: config.origin, what: `file ${config.file}` }] : [],
  );
}

function links({ id }: Workload, platform: Platform): readonly Part[] {
  return platform.links.flatMap(({ from, to, port, origin }) =>
    from === id || to === id ? [{ pointer: origin, what: `${from} may reach ${to}:${port}` }] : [],
  );
}

function routes({ id }: Workload, platform: Platform): readonly Part[] {
  return allRoutes(platform, id);
}

function allRoutes(platform: Platform, id?: string): readonly Part[] {
  return platform.routes.flatMap(({ workload, hostname, path, origin }) =>
    id === undefined || workload === id
      ? [{ pointer: origin, what: `route ${hostname}${path === '/' ? '' : path} to ${workload}` }]
      : [],
  );
}

function patchesOf({ kind, name }: RenderedObject, { patches = [] }: Platform): readonly Part[] {
  const asked = kind === 'compose' ? 'service' : kind;
  return patches.flatMap((patch) =>
    patch.kind === asked && patch.name === name ? [{ pointer: patch.origin, what: `patch: ${patch.why}` }] : [],
  );
}
