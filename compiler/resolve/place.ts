import type { Spec } from '../../schema/spec.ts';
import type { Catalog, PartContext } from '../model/component.ts';
import type { Host, Platform } from '../model/platform.ts';
import { type FileRole, roles } from '../model/roles.ts';
import { addressOf } from './address.ts';
import { hostFor } from './hosts.ts';
import { type Part, parametersOf } from './parts.ts';

/** A part, and where it stands. */
export interface Placed {
  readonly part: Part;
  readonly context: PartContext;
}

export interface PlaceOptions {
  readonly spec: Spec;
  readonly catalog: Catalog;
  readonly target: Platform['target'];
  readonly hosts: readonly Host[];
}

/** Gives each part its host, its address and what it may know of the platform. */
export function place(parts: readonly Part[], { spec, catalog, target, hosts }: PlaceOptions): readonly Placed[] {
  const platform: PartContext['platform'] = {
    name: spec.name,
    domain: spec.domain,
    target,
    namespace: spec.cluster.namespace ?? spec.name,
    routeApi: spec.cluster.routes,
    roles: (Object.keys(roles) as FileRole[]).filter((role) => parametersOf(spec, role) !== undefined),
  };
  return parts.map((part) => ({
    part,
    context: {
      platform,
      id: part.owner,
      origin: part.origin,
      host: hostFor(part.placement, hosts),
      ...(part.label === undefined ? {} : addressOf(spec, catalog, part.label)),
    },
  }));
}
