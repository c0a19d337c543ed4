import type { Route } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import type { Finding } from '../../schema/diagnostic.ts';

/**
 * Groups that may open a service and that no user of the file is in. Only for users of the file: those of a directory
 * get their groups on a page.
 */
export function emptyGroups(
  users: Readonly<Record<string, { readonly groups: readonly string[] }>>,
  routes: readonly Route[],
): readonly Finding[] {
  const known = new Set(Object.values(users).flatMap(({ groups }) => groups));
  const listed = known.size === 0 ? 'no user has a group' : `the users are in ${[...known].sort().join(', ')}`;
  return routes.flatMap(({ workload, origin, protect }) => {
    // Groups of a route that everybody may open are asked for by nobody.
    const empty = protect?.by === 'sso' ? (protect.groups ?? []).filter((group) => !known.has(group)) : [];
    if (empty.length === 0) return [];
    const nobody = empty.length === protect?.groups?.length;
    const names = empty.map((group) => `'${group}'`).join(' or ');
    return [
      {
        code: 'AG460',
        severity: 'warning' as const,
        pointer: origin.startsWith('/services/') ? pointerTo('/services', workload, 'protect') : origin,
        message: `no user is in the group ${names}${nobody ? `, so nobody can open '${workload}'` : ''}`,
        hint: `write \`groups: [${empty[0]}]\` at a user of \`sso.users\`; now ${listed}`,
        related: [{ pointer: '/sso/users', at: 'key' as const, message: 'the users are here' }],
      },
    ];
  });
}
