import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { repeated } from './repeated.ts';

/** Names under which two containers would answer. */
export function checkAliases({ name, workloads }: Platform): readonly Finding[] {
  const own = workloads.map(({ id, origin }) => ({ id, origin, key: `${name}-${id}` }));
  const further = workloads.flatMap(({ id, origin, aliases = [] }) =>
    aliases.map((alias) => ({ id, origin: pointerTo(origin, 'aliases'), key: alias })),
  );
  return repeated([...own, ...further], ({ key }) => key).flatMap(({ node, first }) => {
    if (node.id === first.id) return [];
    return [
      {
        code: 'AG425',
        pointer: node.origin,
        message: `'${node.id}' and '${first.id}' would both answer to the name '${node.key}'`,
        hint: 'remove the alias from one of them',
        related: [{ pointer: first.origin, message: `'${first.id}' has the name here` }],
      },
    ];
  });
}
