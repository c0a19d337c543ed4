import type { Finding } from '../../schema/diagnostic.ts';
import type { Host, Volume } from '../model/platform.ts';
import type { Expanded } from './expand.ts';

/**
 * Whether the file leaves open which of several Docker hosts runs a part. It runs on the first one then, and another
 * one may be the first tomorrow.
 */
export function isUnplaced(placement: string | undefined, hosts: readonly Host[]): boolean {
  return placement === undefined && dockerHosts(hosts).length > 1;
}

/** Parts with data that would change hosts as soon as a Docker host is added whose name comes before the others. */
export function unplacedData(expanded: readonly Expanded[], hosts: readonly Host[]): readonly Finding[] {
  const parts = expanded.filter((each) => each.unplaced && volumesOf(each).length > 0);
  const [first, ...others] = dockerHosts(hosts);
  if (parts.length === 0 || first === undefined) return [];
  const names = listed(
    parts.map(({ owner }) => `'${owner}'`),
    'and',
  );
  const [keep, they] = parts.length === 1 ? ['keeps data and names', 'it runs'] : ['keep data and name', 'they run'];
  const where = listed(
    [first, ...others].map((id) => `\`placement: ${id}\``),
    'or',
  );
  const role = parts.find(({ part }) => part.role !== 'service' && part.role !== part.component.use);
  const long =
    role === undefined ? '' : `, such as \`${role.owner}: { use: ${role.part.component.use}, placement: ${first} }\``;
  return [
    {
      code: 'AG470',
      severity: 'warning',
      pointer: '/hosts',
      at: 'key',
      message: `${names} ${keep} no host: ${they} on '${first}', the first by name`,
      hint: `write at ${parts.length === 1 ? 'it' : 'each'} on which host the data are: ${where}${long}`,
      related: parts.map(({ part, host }) => ({ pointer: part.origin, at: 'key', message: `runs on '${host}'` })),
    },
  ];
}

function volumesOf({ facts, fragment }: Pick<Expanded, 'facts' | 'fragment'>): readonly Volume[] {
  return [...(facts.volumes ?? []), ...(fragment.volumes ?? [])];
}

function dockerHosts(hosts: readonly Host[]): readonly string[] {
  return hosts.filter(({ engine }) => engine.kind === 'docker').map(({ id }) => id);
}

function listed(names: readonly string[], word: 'and' | 'or'): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}
