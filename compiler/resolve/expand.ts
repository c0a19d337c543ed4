import type { Spec } from '../../schema/spec.ts';
import type { Catalog, Component, ExpandContext, Fragment, Role } from '../model/component.ts';
import { compareText } from '../model/order.ts';
import type { Host, Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { bindingOf, databaseClients, databaseId } from './database.ts';
import { hostFor } from './hosts.ts';
import { addressOf, impliedIngress, ingressId } from './ingress.ts';

/** What one role or service became. `owner` is its id, which `needs` may name. */
export interface Expanded {
  readonly owner: string;
  readonly fragment: Fragment;
}

export interface ExpandOptions {
  readonly spec: Spec;
  readonly catalog: Catalog;
  readonly target: Platform['target'];
  readonly hosts: readonly Host[];
  /** Contents of the files of the repository that the file names, by path. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/** A role or service of the file, with the component that expands it. */
interface Part {
  readonly owner: string;
  readonly role: Role;
  readonly use: string;
  readonly origin: string;
  readonly parameters: object;
  readonly host?: string | undefined;
  readonly placement?: string | undefined;
}

/** Every role and service of the file, expanded. The ingress comes last, because it serves the routes of the others. */
export function expandPlatform(options: ExpandOptions): readonly Expanded[] {
  const { spec } = options;
  const clients = databaseClients(spec);
  const database = databasePart(spec).map((part) => expandPart(part, { ...options, context: { clients } }));
  const port = database[0]?.fragment.workloads?.find(({ id }) => id === databaseId)?.ports[0]?.port ?? 0;
  const others = [...forgePart(spec), ...serviceParts(spec)].map((part) => {
    const client = clients.find(({ workload }) => workload === part.owner);
    const binding = client === undefined ? {} : { database: bindingOf(spec, client, port) };
    return expandPart(part, { ...options, context: binding });
  });
  const routes = others
    .flatMap(({ fragment }) => fragment.routes ?? [])
    .sort((a, b) => compareText(a.hostname, b.hostname) || compareText(a.path, b.path) || compareText(a.id, b.id));
  const ingress = ingressPart(spec, routes[0]?.origin).map((part) =>
    expandPart(part, { ...options, context: { routes } }),
  );
  return [...database, ...others, ...ingress];
}

function expandPart(part: Part, options: ExpandOptions & { readonly context: Partial<ExpandContext> }): Expanded {
  const { spec, catalog, target, hosts, files = {} } = options;
  const component = componentOf(catalog, part);
  const context: ExpandContext = {
    platform: { name: spec.name, domain: spec.domain, target, namespace: spec.cluster.namespace ?? spec.name },
    id: part.owner,
    origin: part.origin,
    host: hostFor(part.placement, hosts),
    ...(part.host === undefined ? {} : addressOf(spec, part.host)),
    clients: [],
    routes: [],
    files,
    ...options.context,
  };
  const parameters = part.parameters as Readonly<Record<string, unknown>>;
  return { owner: part.owner, fragment: component.expand(parameters, context) };
}

function componentOf(catalog: Catalog, { role, use }: Part): Component {
  const component = catalog.find((each) => each.role === role && each.use === use);
  if (component === undefined)
    throw new Error(`the schema allows ${role}: ${use}, but the catalog has no such component`);
  return component;
}

function databasePart({ database }: Spec): readonly Part[] {
  if (database === undefined) return [];
  return [{ ...rolePart('database', database), owner: databaseId }];
}

/** A forge that is at its own address already is not deployed. */
function forgePart({ forge }: Spec): readonly Part[] {
  if (forge === undefined || forge.url !== undefined) return [];
  return [{ ...rolePart('forge', forge), host: forge.host }];
}

function serviceParts({ services }: Spec): readonly Part[] {
  return Object.entries(services)
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, parameters]) => ({
      owner: id,
      role: 'service',
      use: 'service',
      origin: pointerTo('/services', id),
      parameters,
      host: parameters.host?.label,
      placement: parameters.placement,
    }));
}

function ingressPart({ ingress }: Spec, firstRoute: string | undefined): readonly Part[] {
  if (ingress !== undefined) return [{ ...rolePart('ingress', ingress), owner: ingressId }];
  if (firstRoute === undefined) return [];
  return [{ ...rolePart('ingress', impliedIngress), owner: ingressId, origin: firstRoute }];
}

function rolePart(role: Role, parameters: { readonly use: string; readonly placement?: string | undefined }): Part {
  return {
    owner: role,
    role,
    use: parameters.use,
    origin: pointerTo('', role),
    parameters,
    placement: parameters.placement,
  };
}
