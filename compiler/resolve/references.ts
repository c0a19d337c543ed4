import type { Finding } from '../../schema/diagnostic.ts';
import type { Spec } from '../../schema/spec.ts';
import type { Catalog } from '../model/component.ts';
import { isNoId } from '../model/literal-secrets.ts';
import { isOnlyNear, nearestName } from '../model/nearest.ts';
import { needsIn } from '../model/needs.ts';
import { pointerTo } from '../model/pointer.ts';
import { type FileRole, roles } from '../model/roles.ts';
import type { Expanded } from './expand.ts';
import { missingRoles, roleHint } from './missing-roles.ts';
import { parametersOf } from './parts.ts';
import { withoutEffect } from './without-effect.ts';

/** What the parts of a file may name. */
export interface KnownIds {
  readonly catalog: Catalog;
  /** Roles and services that run something. */
  readonly owners: readonly string[];
  readonly secrets: readonly string[];
  readonly hosts: readonly string[];
}

/** Every name that leads nowhere, with the nearest one that exists. */
export function referenceFindings(spec: Spec, expanded: readonly Expanded[], known: KnownIds): readonly Finding[] {
  return [
    ...needs(spec, known),
    ...secrets(spec, expanded, known),
    ...placements(spec, known.hosts),
    ...poolHosts(spec, known.hosts),
    ...missingRoles(spec, expanded, known.catalog),
    ...withoutEffect(spec),
  ];
}

function needs(spec: Spec, { owners, catalog }: KnownIds): readonly Finding[] {
  const running = new Set(owners);
  return eachService(spec, (service, origin) =>
    needsIn(service.needs).flatMap(({ id, key, condition }) => {
      if (running.has(id))
        return condition === 'healthy' ? withoutHealth(spec, id, pointerTo(origin, 'needs', key)) : [];
      const pointer = pointerTo(origin, 'needs', key);
      const elsewhere = id === 'forge' && spec.forge !== undefined && 'url' in spec.forge ? spec.forge.url : undefined;
      if (elsewhere !== undefined) {
        return [
          {
            code: 'AG301',
            pointer,
            message: `'forge' runs at ${elsewhere} and not on this platform`,
            hint: 'remove the need and set `internet: true`, so that the service may call it',
          },
        ];
      }
      const role = roleHint(id, catalog, spec);
      const hint =
        role === undefined
          ? (componentHint(id, { owners, catalog }, spec) ?? meant(id, owners, 'name a service of the file or a role'))
          : `${role} to the file`;
      const fix = role === undefined ? certain(id, owners, { pointer, isKey: condition !== undefined }) : {};
      return [{ code: 'AG301', pointer, message: `nothing here is called '${id}'`, hint, ...fix }];
    }),
  );
}

/** Who writes `healthy` means a check, and without one the other service is only started. */
function withoutHealth({ services }: Spec, id: string, pointer: string): readonly Finding[] {
  const other = services[id];
  if (other === undefined || other.health !== undefined || other.schedule !== undefined) return [];
  return [
    {
      code: 'AG459',
      severity: 'warning',
      pointer,
      message: `nobody can tell when '${id}' is healthy: it has no health check, so it is only waited for until it runs`,
      hint: `add \`health:\` to '${id}' (\`{ http: / }\`, \`{ tcp: true }\` or \`{ exec: [...] }\`), or write started`,
      related: [{ pointer: pointerTo('/services', id), at: 'key', message: `'${id}' is here` }],
    },
  ];
}

function secrets(spec: Spec, expanded: readonly Expanded[], { secrets: known, catalog }: KnownIds): readonly Finding[] {
  const declared = new Set(known);
  const unknown = (id: string, pointer: string): readonly Finding[] => {
    if (declared.has(id)) return [];
    const shared = sharedHint(spec, id, catalog);
    const hint =
      shared ??
      (isSecretKey(pointer) || isNoId(id)
        ? 'name one that is under `secrets`; if this is the secret itself, change it, since the file may have been seen'
        : meant(id, known, `add it: \`secrets: { ${id}: { generate: {} } }\``));
    const fix = shared === undefined ? certain(id, known, { pointer }) : {};
    const name = isNoId(id) ? 'of the name that is written here' : `'${id}'`;
    return [{ code: 'AG302', pointer, message: `there is no secret ${name}`, hint, ...fix }];
  };
  const token = spec.forge !== undefined && 'token' in spec.forge ? unknown(spec.forge.token, '/forge/token') : [];
  const ofServices = eachService(spec, (service, origin) => [
    ...service.secrets.flatMap(({ secret }, index) => unknown(secret, pointerTo(origin, 'secrets', index))),
    ...Object.entries(service.environment).flatMap(([name, value]) =>
      typeof value === 'object' ? unknown(value.secret, pointerTo(origin, 'environment', name, 'secret')) : [],
    ),
  ]);
  const ofRoles = expanded.flatMap(({ facts }) =>
    (facts.secretUses ?? []).flatMap(({ secret, origin }) => unknown(secret, origin)),
  );
  return [...token, ...ofServices, ...ofRoles];
}

/** `password: hunter2` may be the value itself, which no message repeats. */
function isSecretKey(pointer: string): boolean {
  return pointer.endsWith('/password');
}

/** What a service shares with a role (`wiki-database-password`) is there as soon as the service needs that role. */
function sharedHint(spec: Spec, id: string, catalog: Catalog): string | undefined {
  const giving = [...new Set(catalog.flatMap(({ role, offer }) => (offer === undefined ? [] : [role])))];
  const role = giving.find((each) => spec.services[id.slice(0, id.indexOf(`-${each}-`))] !== undefined);
  const service = role === undefined ? '' : id.slice(0, id.indexOf(`-${role}-`));
  if (role === undefined || needsIn(spec.services[service]?.needs ?? []).some((need) => need.id === role))
    return undefined;
  return `it is there once '${service}' has \`needs: [${role}]\``;
}

function placements(spec: Spec, hosts: readonly string[]): readonly Finding[] {
  const ofRoles = (Object.keys(roles) as FileRole[]).flatMap((role) => {
    const placement = parametersOf(spec, role)?.placement as string | undefined;
    return unknownHost(placement, pointerTo(roles[role], 'placement'), hosts);
  });
  const services = eachService(spec, ({ placement }, origin) =>
    unknownHost(placement, pointerTo(origin, 'placement'), hosts),
  );
  return [...ofRoles, ...services];
}

function poolHosts(spec: Spec, hosts: readonly string[]): readonly Finding[] {
  return Object.entries(spec.runners).flatMap(([id, pool]) =>
    (pool.hosts ?? []).flatMap((host, index) => unknownHost(host, pointerTo('/runners', id, 'hosts', index), hosts)),
  );
}

function unknownHost(host: string | undefined, pointer: string, hosts: readonly string[]): readonly Finding[] {
  if (host === undefined || hosts.includes(host)) return [];
  const hint = meant(host, hosts, 'add it under `hosts`');
  return [
    { code: 'AG303', pointer, message: `there is no host '${host}'`, hint, ...certain(host, hosts, { pointer }) },
  ];
}

/** `needs: postgres`: programs are named by the role that they fill. */
function componentHint(id: string, { owners, catalog }: Pick<KnownIds, 'owners' | 'catalog'>, spec: Spec) {
  const role = catalog.find(({ use }) => use === id)?.role;
  if (role === undefined || role === id) return undefined;
  const missing = owners.includes(role) ? undefined : roleHint(role, catalog, spec);
  return `write '${role}', which is what ${id} is here${missing === undefined ? '' : `, and ${missing} to the file`}`;
}

function meant(id: string, known: readonly string[], otherwise: string): string {
  const nearest = nearestName(id, known);
  return nearest === undefined ? otherwise : `did you mean '${nearest}'?`;
}

/** The fix for an id that can only be a misspelling of one other. */
function certain(
  id: string,
  known: readonly string[],
  { pointer, isKey = false }: { readonly pointer: string; readonly isKey?: boolean },
): Pick<Finding, 'fix'> {
  const nearest = nearestName(id, known);
  if (nearest === undefined || !isOnlyNear(id, nearest, known)) return {};
  const edit = isKey
    ? ({ kind: 'rename-key', pointer, to: nearest } as const)
    : ({ kind: 'replace-value', pointer, value: nearest } as const);
  return { fix: { title: `write ${nearest}`, edits: [edit] } };
}

function eachService(
  spec: Spec,
  findings: (service: Spec['services'][string], origin: string) => readonly Finding[],
): readonly Finding[] {
  return Object.entries(spec.services).flatMap(([id, service]) => findings(service, pointerTo('/services', id)));
}
