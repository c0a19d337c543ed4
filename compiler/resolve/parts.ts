import type { Spec } from '../../schema/spec.ts';
import type { Catalog, Component, Parameters } from '../model/component.ts';
import { compareText } from '../model/order.ts';
import { pointerTo } from '../model/pointer.ts';
import { type FileRole, type Role, roles } from '../model/roles.ts';

/** A role or service of the file, with the component that expands it. */
export interface Part {
  /** Id of the role or of the service, which `needs` may name. */
  readonly owner: string;
  readonly role: Role;
  readonly component: Component;
  readonly origin: string;
  readonly parameters: Parameters;
  /** Name under the domain. */
  readonly label?: string | undefined;
  readonly placement?: string | undefined;
}

/** Everything of the file that runs here: roles, then services by id. What is at a `url` already is not deployed. */
export function partsOf(spec: Spec, catalog: Catalog): readonly Part[] {
  const ofRoles = Object.keys(roles).flatMap((role) => {
    const parameters = parametersOf(spec, role as FileRole);
    if (parameters === undefined || parameters.url !== undefined) return [];
    return [rolePart(role as FileRole, parameters, catalog)];
  });
  return [...ofRoles, ...serviceParts(spec, catalog)];
}

/** What the file says of a role, or undefined. */
export function parametersOf(spec: Spec, role: FileRole): Parameters | undefined {
  return at(spec as unknown as Parameters, roles[role].slice(1).split('/')) as Parameters | undefined;
}

/** The role that is there although the file does not name it, because of what stands at `origin`. */
export function impliedPart(role: FileRole, origin: string, catalog: Catalog): Part {
  const parameters = impliedParameters(role, catalog);
  return { ...rolePart(role, parameters, catalog), origin };
}

/** What a role is run with when the file does not name it: what the first component that can be implied says. */
export function impliedParameters(role: FileRole, catalog: Catalog): Parameters {
  const implied = catalog.find((component) => component.role === role && component.implied !== undefined)?.implied;
  if (implied === undefined) throw new Error(`no component of the catalog can fill the role ${role} by itself`);
  return implied;
}

function rolePart(role: FileRole, parameters: Parameters, catalog: Catalog): Part {
  // A role that one component fills, whatever it says, has no `use`: its component bears the name of the role.
  const { use = role, host, placement } = parameters as { use?: string; host?: string; placement?: string };
  const component = componentOf(catalog, role, use);
  return { owner: role, role, component, origin: roles[role], parameters, label: host, placement };
}

function serviceParts({ services }: Spec, catalog: Catalog): readonly Part[] {
  const component = catalog.find(({ role }) => role === 'service');
  if (component === undefined) throw new Error('the catalog has no component for services');
  return Object.entries(services)
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, parameters]) => ({
      owner: id,
      role: 'service',
      component,
      origin: pointerTo('/services', id),
      parameters: parameters as unknown as Parameters,
      label: parameters.host?.label,
      placement: parameters.placement,
    }));
}

function componentOf(catalog: Catalog, role: Role, use: string): Component {
  const component = catalog.find((each) => each.role === role && each.use === use);
  if (component === undefined)
    throw new Error(`the schema allows ${role}: ${use}, but the catalog has no such component`);
  return component;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (within, key) => (typeof within === 'object' && within !== null ? (within as Parameters)[key] : undefined),
    value,
  );
}
