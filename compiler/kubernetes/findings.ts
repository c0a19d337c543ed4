import type { Finding } from '../../schema/diagnostic.ts';
import { identityOf } from './check.ts';
import type { Named } from './objects.ts';

/** Objects that two places of the file would give one name, which the second would overwrite. */
export function sharedNames(placed: readonly Named[]): readonly Finding[] {
  const owners = new Map<string, Named>();
  return placed.flatMap((entry) => {
    const identity = identityOf(entry.object);
    const owner = owners.get(identity);
    owners.set(identity, owner ?? entry);
    if (owner === undefined) return [];
    return [
      {
        code: 'AG504',
        pointer: entry.origin,
        message: `two objects would be called ${identity}`,
        hint: 'rename one of the services',
        related: [{ pointer: owner.origin, message: 'the other one comes from here' }],
      },
    ];
  });
}
