import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

interface Bearer {
  readonly id: string;
  readonly place: Pointer;
}

/** Names that would lead to another place than their writer thinks. */
export function nameFindings(platform: Platform): readonly Finding[] {
  const bearers = bearersOf(platform);
  return [...sharedNames(bearers), ...hiddenNames(platform, bearers)];
}

/** Every name on the networks of a platform and who answers to it, services before their aliases. */
function bearersOf({ name, workloads }: Platform): ReadonlyMap<string, readonly Bearer[]> {
  const names = new Map<string, Bearer[]>();
  const add = (key: string, bearer: Bearer) => names.set(key, [...(names.get(key) ?? []), bearer]);
  for (const { id, origin } of workloads) for (const own of [id, `${name}-${id}`]) add(own, { id, place: origin });
  for (const { id, origin, aliases = [] } of workloads) {
    for (const alias of aliases) add(alias, { id, place: pointerTo(origin, 'aliases') });
  }
  return names;
}

/** With two bearers of a name, an engine answers with either. */
function sharedNames(names: ReadonlyMap<string, readonly Bearer[]>): readonly Finding[] {
  return [...names].flatMap(([name, [first, ...others]]) =>
    others
      .filter(({ id }) => id !== first?.id)
      .map((other) => ({
        code: 'AG553',
        pointer: other.place,
        message: `'${other.id}' and '${first?.id}' would both answer to the name '${name}'`,
        hint: 'give it another alias, or rename one of the two',
        related: first === undefined ? [] : [{ pointer: first.place, message: `'${first.id}' bears it here` }],
      })),
  );
}

/** A line in the hosts file of a container comes before the name of a service. */
function hiddenNames(
  { workloads, links }: Platform,
  names: ReadonlyMap<string, readonly Bearer[]>,
): readonly Finding[] {
  return workloads.flatMap((workload) =>
    (workload.extraHosts ?? []).flatMap(({ hostname }) => {
      const hidden = names.get(hostname)?.find(({ id }) => isLinked(workload, id, links));
      if (hidden === undefined) return [];
      return [
        {
          code: 'AG560',
          pointer: pointerTo(workload.origin, 'extraHosts', hostname),
          message: `in '${workload.id}' the name '${hostname}' would lead to this address and no longer to '${hidden.id}', which it needs`,
          hint: 'remove the line: the name leads to the service by itself',
          related: [{ pointer: hidden.place, message: `'${hidden.id}' bears the name here` }],
        },
      ];
    }),
  );
}

function isLinked({ id }: Workload, other: string, links: Platform['links']): boolean {
  return links.some(({ from, to }) => from === id && to === other);
}
