import type { Finding } from '../../schema/diagnostic.ts';
import type { Spec } from '../../schema/spec.ts';
import type { Catalog } from '../model/component.ts';
import { pointerTo } from '../model/pointer.ts';
import { isRole, roles } from '../model/roles.ts';
import type { Expanded } from './expand.ts';
import { parametersOf } from './parts.ts';

/** Parts that make no sense without a role. */
export function missingRoles(spec: Spec, expanded: readonly Expanded[], catalog: Catalog): readonly Finding[] {
  const demands = expanded.flatMap(({ owner, facts }) =>
    (facts.demands ?? []).flatMap(({ role, origin, required }): readonly Finding[] => {
      if (required === undefined || parametersOf(spec, role) !== undefined) return [];
      const add = roleHint(role, catalog) ?? `write what fills the role '${role}'`;
      return [
        {
          code: 'AG304',
          pointer: origin,
          message: `${isRole(owner) ? `the ${owner}` : `'${owner}'`} is to use the ${role} role, which is not in the file`,
          hint: required.otherwise === undefined ? `${add} to the file` : `${add}, or ${required.otherwise}`,
        },
      ];
    }),
  );
  return [...demands, ...poolsWithoutForge(spec, catalog)];
}

function poolsWithoutForge(spec: Spec, catalog: Catalog): readonly Finding[] {
  if (spec.forge !== undefined) return [];
  const hint = `${roleHint('forge', catalog)}, or the address of yours: \`forge: { use: gitea, url: https://git.example.org }\``;
  return Object.keys(spec.runners).map((id) => ({
    code: 'AG304',
    pointer: pointerTo('/runners', id),
    at: 'key',
    message: `pool '${id}' has no forge that could give it jobs`,
    hint,
  }));
}

/** ``add `cache: valkey` ``: what would bring a role into the file; undefined for what is no role. */
export function roleHint(id: string, catalog: Catalog): string | undefined {
  if (!isRole(id)) return undefined;
  const first = catalog.find(({ role }) => role === id);
  const use = first?.short ?? first?.use;
  const above = roles[id].slice(1).split('/').slice(0, -1);
  const place = above.length === 0 ? '' : ` under \`${above.join('.')}\``;
  return use === undefined ? undefined : `add \`${id}: ${use}\`${place}`;
}
