import { pointerTo } from '../../model/pointer.ts';
import type { ManifestJson } from '../synth.ts';
import { missing, type Place } from './place.ts';
import { found, isKind, type World } from './world.ts';

/** A Service that a route leads to. */
interface Backend {
  readonly path: string;
  readonly name: string;
  /** Number or name; absent where the route need not say. */
  readonly port: string | number | undefined;
}

/** Routes that lead to a Service or a port that is not there, or that nobody serves. */
export function routeFaults(world: World, object: ManifestJson): readonly Place[] {
  const served = servedBy(object).filter(({ kind, name }) => found(world, object, kind, name) === undefined);
  return [
    ...served.map(({ path, kind, name }) => missing(path, kind, name)),
    ...backendsOf(object).flatMap((backend) => backendFaults(world, object, backend)),
  ];
}

function servedBy(
  object: ManifestJson,
): readonly { readonly path: string; readonly kind: string; readonly name: string }[] {
  if (isKind(object, 'Ingress')) {
    const name = object.spec?.ingressClassName;
    return name === undefined ? [] : [{ path: '/spec/ingressClassName', kind: 'IngressClass', name }];
  }
  if (isKind(object, 'Gateway')) {
    return [{ path: '/spec/gatewayClassName', kind: 'GatewayClass', name: object.spec.gatewayClassName }];
  }
  if (!isKind(object, 'HTTPRoute')) return [];
  return (object.spec.parentRefs ?? []).map(({ name }, index) => ({
    path: pointerTo('/spec/parentRefs', index, 'name'),
    kind: 'Gateway',
    name,
  }));
}

/** Every Service that an object leads to; none when it is no route. */
export function backendsOf(object: ManifestJson): readonly Backend[] {
  if (isKind(object, 'Ingress')) {
    return (object.spec?.rules ?? []).flatMap(({ http }, rule) =>
      (http?.paths ?? []).flatMap(({ backend: { service } }, at) => {
        const path = pointerTo('/spec/rules', rule, 'http', 'paths', at, 'backend', 'service');
        return service === undefined
          ? []
          : [{ path, name: service.name, port: service.port?.number ?? service.port?.name }];
      }),
    );
  }
  if (isKind(object, 'IngressRoute')) {
    return object.spec.routes.flatMap(({ services = [] }, route) =>
      services.flatMap((service, at) =>
        service.kind === 'TraefikService'
          ? []
          : [{ path: pointerTo('/spec/routes', route, 'services', at), name: service.name, port: service.port }],
      ),
    );
  }
  if (!isKind(object, 'HTTPRoute')) return [];
  return object.spec.rules.flatMap(({ backendRefs = [] }, rule) =>
    backendRefs.map(({ name, port }, at) => ({ path: pointerTo('/spec/rules', rule, 'backendRefs', at), name, port })),
  );
}

function backendFaults(world: World, object: ManifestJson, { path, name, port }: Backend): readonly Place[] {
  const service = found(world, object, 'Service', name);
  if (service === undefined) return [missing(`${path}/name`, 'Service', name)];
  const ports = isKind(service, 'Service') ? (service.spec?.ports ?? []) : [];
  if (port === undefined || ports.some((each) => each.port === port || each.name === port)) return [];
  return [
    {
      path: `${path}/port`,
      wrong: `Service '${name}' has no port ${port}`,
      hint: `there are ${ports.map((each) => each.port).join(', ')}`,
    },
  ];
}
