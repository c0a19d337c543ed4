import type { Finding } from '../../schema/diagnostic.ts';
import type { Spec } from '../../schema/spec.ts';
import { isOnlyNear, nearestName } from '../model/nearest.ts';
import { needsIn } from '../model/needs.ts';
import { pointerTo } from '../model/pointer.ts';

/** What the parts of a file may name. */
export interface KnownIds {
  /** Roles and services that run something. */
  readonly owners: readonly string[];
  readonly secrets: readonly string[];
  readonly hosts: readonly string[];
}

/** Every name that leads nowhere, with the nearest one that exists. */
export function referenceFindings(spec: Spec, known: KnownIds): readonly Finding[] {
  return [
    ...needs(spec, known.owners),
    ...secrets(spec, known.secrets),
    ...placements(spec, known.hosts),
    ...poolHosts(spec, known.hosts),
    ...roles(spec),
    ...withoutEffect(spec),
  ];
}

function needs(spec: Spec, owners: readonly string[]): readonly Finding[] {
  return eachService(spec, (service, origin) =>
    needsIn(service.needs).flatMap(({ id, key, condition }) => {
      if (owners.includes(id)) return [];
      const pointer = pointerTo(origin, 'needs', key);
      if (id === 'forge' && spec.forge?.url !== undefined) {
        return [
          {
            code: 'AG301',
            pointer,
            message: `'forge' runs at ${spec.forge.url} and not on this platform`,
            hint: 'remove the need and set `internet: true`, so that the service may call it',
          },
        ];
      }
      const hint = roleHints[id as keyof typeof roleHints] ?? meant(id, owners, 'name a service of the file or a role');
      const fix = Object.hasOwn(roleHints, id) ? {} : certain(id, owners, { pointer, isKey: condition !== undefined });
      return [{ code: 'AG301', pointer, message: `nothing here is called '${id}'`, hint, ...fix }];
    }),
  );
}

const roleHints = {
  forge: 'add `forge: forgejo` to the file',
  database: 'add `database: postgres` to the file',
  ingress: 'add `ingress: traefik` to the file',
} as const;

function secrets(spec: Spec, known: readonly string[]): readonly Finding[] {
  const unknown = (id: string, pointer: string): readonly Finding[] => {
    if (known.includes(id)) return [];
    const hint = databaseHint(spec, id) ?? meant(id, known, `add it: \`secrets: { ${id}: { generate: {} } }\``);
    const fix = databaseHint(spec, id) === undefined ? certain(id, known, { pointer }) : {};
    return [{ code: 'AG302', pointer, message: `there is no secret '${id}'`, hint, ...fix }];
  };
  const token = spec.forge === undefined ? [] : unknown(spec.forge.token, '/forge/token');
  const ofServices = eachService(spec, (service, origin) => [
    ...service.secrets.flatMap(({ secret }, index) => unknown(secret, pointerTo(origin, 'secrets', index))),
    ...Object.entries(service.environment).flatMap(([name, value]) =>
      typeof value === 'object' ? unknown(value.secret, pointerTo(origin, 'environment', name, 'secret')) : [],
    ),
  ]);
  return [...token, ...ofServices];
}

/** The password of a service in the database is there as soon as the service needs the database. */
function databaseHint(spec: Spec, id: string): string | undefined {
  const client = /^(.+)-database-password$/.exec(id)?.[1];
  if (client === undefined || spec.services[client] === undefined) return undefined;
  return `it is there once '${client}' has \`needs: [database]\``;
}

function placements(spec: Spec, hosts: readonly string[]): readonly Finding[] {
  const roles = (['forge', 'ingress', 'database'] as const).flatMap((role) =>
    unknownHost(spec[role]?.placement, pointerTo('', role, 'placement'), hosts),
  );
  const services = eachService(spec, ({ placement }, origin) =>
    unknownHost(placement, pointerTo(origin, 'placement'), hosts),
  );
  return [...roles, ...services];
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

/** Parts that make no sense without a role. */
function roles(spec: Spec): readonly Finding[] {
  const database: readonly Finding[] =
    spec.forge?.database === 'database' && spec.forge.url === undefined && spec.database === undefined
      ? [
          {
            code: 'AG304',
            pointer: '/forge/database',
            message: 'the forge is to use the database role, which is not in the file',
            hint: 'add `database: postgres`, or write `database: sqlite`',
          },
        ]
      : [];
  if (spec.forge !== undefined) return database;
  const pools = Object.keys(spec.runners).map(
    (id): Finding => ({
      code: 'AG304',
      pointer: pointerTo('/runners', id),
      at: 'key',
      message: `pool '${id}' has no forge that could give it jobs`,
      hint: 'add `forge: forgejo`, or the address of yours: `forge: { use: gitea, url: https://git.example.org }`',
    }),
  );
  return [...database, ...pools];
}

/** Settings that nothing would read: an error, because who wrote them believes that they work. */
function withoutEffect(spec: Spec): readonly Finding[] {
  const { forge, hosts, runners } = spec;
  const deployed = ['image', 'ssh', 'database', 'placement'] as const;
  const ofForge = deployed.flatMap((key): readonly Finding[] => {
    if (forge?.url === undefined || forge[key] === undefined) return [];
    return [
      {
        code: 'AG305',
        pointer: pointerTo('/forge', key),
        at: 'key',
        message: `\`${key}\` has no effect: the forge runs at ${forge.url} already and is not deployed`,
        hint: `remove \`${key}\`, or remove \`url\` to deploy a forge`,
      },
    ];
  });
  const ofPools = Object.entries(runners).flatMap(([id, pool]): readonly Finding[] => {
    const allowed = (pool.hosts ?? Object.keys(hosts)).flatMap((host) => hosts[host] ?? []);
    const processes = allowed.length > 0 && allowed.every(({ engine }) => engine === 'process');
    if (pool.image === undefined || !processes) return [];
    return [
      {
        code: 'AG305',
        pointer: pointerTo('/runners', id, 'image'),
        at: 'key',
        message: `\`image\` has no effect: every host of pool '${id}' runs plain processes`,
        hint: 'remove the image, or give the pool a host with a Docker engine',
      },
    ];
  });
  return [...ofForge, ...ofPools];
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
