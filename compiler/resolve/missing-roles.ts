import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import { shapes } from '../../schema/shape.generated.mjs';
import type { Shape } from '../../schema/shape.ts';
import type { Spec } from '../../schema/spec.ts';
import type { Catalog } from '../model/component.ts';
import { flowText } from '../model/flow-text.ts';
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
  if (spec.forge !== undefined) return poolsWithoutJobs(spec, spec.forge.use, catalog);
  const hint = `${roleHint('forge', catalog)}, or the address of yours: \`forge: { use: gitea, url: https://git.example.org }\``;
  return Object.keys(spec.runners).map((id) => ({
    code: 'AG304',
    pointer: pointerTo('/runners', id),
    at: 'key',
    message: `pool '${id}' has no forge that could give it jobs`,
    hint,
  }));
}

/** A component of the forge role without an image of a runner is one whose queue is not followed. */
function poolsWithoutJobs(spec: Spec, use: string, catalog: Catalog): readonly Finding[] {
  const forges = catalog.filter(({ role }) => role === 'forge');
  const own = forges.find((forge) => forge.use === use);
  if (own === undefined || own.runnerImage !== undefined) return [];
  const others = forges.flatMap((forge) => (forge.runnerImage === undefined ? [] : [forge.title])).join(' and ');
  return Object.keys(spec.runners).map((id) => ({
    code: 'AG310',
    pointer: pointerTo('/runners', id),
    at: 'key',
    message: `pool '${id}' would never get a job: AutoGit follows the queues of ${others}, and not yet that of ${own.title}`,
    hint: `remove the pool and run a runner of ${own.title} under \`services\`, as its page under docs/components shows`,
    related: [{ pointer: '/forge', message: 'the forge is here' }],
  }));
}

/**
 * ``add `cache: valkey` ``: what would bring a role into the file; undefined for what is no role. With `spec` it also brings the
 * part that the role stands in, where the file has none.
 */
export function roleHint(id: string, catalog: Catalog, spec?: Spec): string | undefined {
  if (!isRole(id)) return undefined;
  const first = catalog.find(({ role }) => role === id);
  if (first === undefined) return undefined;
  const keys = roles[id].slice(1).split('/');
  const above = keys.slice(0, -1);
  const place = above.length === 0 ? '' : ` under \`${above.join('.')}\``;
  const least = first.short ?? leastOf(keys, first.use);
  const [outer] = above;
  if (spec !== undefined && outer !== undefined && isRole(outer) && parametersOf(spec, outer) === undefined) {
    const around = leastOf([outer], catalog.find(({ role }) => role === outer)?.use ?? '');
    return `add \`${outer}: ${flowText(typeof around === 'string' ? { use: around, [id]: least } : { ...around, [id]: least })}\``;
  }
  const secret = typeof least === 'string' ? undefined : least.password;
  const source = secret === undefined ? '' : ` and \`secrets: { ${String(secret)}: { generate: {} } }\``;
  return `add \`${id}: ${flowText(least)}\`${place}${source}`;
}

/** The least that the schema takes for a component: its name, or a map with examples of the keys that it needs. */
function leastOf(keys: readonly string[], use: string): string | Readonly<Record<string, Value>> {
  const shape = keys.reduce((above: Shape, key) => followed(followed(above).properties?.[key] ?? {}), shapes[''] ?? {});
  const long = shape.branches?.map(followed).find(({ uses }) => uses !== undefined) ?? shape;
  const { required = [], properties = {} } = followed(long.uses?.[use] ?? {});
  const missing = required.filter((key) => key !== 'use');
  if (missing.length === 0) return use;
  return { use, ...Object.fromEntries(missing.map((key) => [key, properties[key]?.example ?? {}])) };
}

function followed(shape: Shape): Shape {
  return shape.ref === undefined ? shape : followed(shapes[shape.ref] ?? {});
}
