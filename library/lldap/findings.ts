import type { DirectoryPerson } from '../../compiler/model/binding.ts';
import type { Finding } from '../../schema/diagnostic.ts';

/** What a directory cannot take: a name of an account of its own, or an address that somebody else has. */
export function peopleFindings(people: readonly DirectoryPerson[], reserved: readonly string[]): readonly Finding[] {
  const taken = people
    .filter(({ id }) => reserved.includes(id))
    .map(
      ({ id, origin }): Finding => ({
        code: 'AG445',
        pointer: origin,
        at: 'key',
        message: `the directory has an account '${id}' of its own`,
        hint: 'give this user another name',
      }),
    );
  const shared = people.flatMap(({ id, email, origin }, index): readonly Finding[] => {
    const first = people.slice(0, index).find((other) => other.email.toLowerCase() === email.toLowerCase());
    if (first === undefined) return [];
    return [
      {
        code: 'AG445',
        pointer: `${origin}/email`,
        message: `'${first.id}' and '${id}' have one address, and the directory takes each but once`,
        hint: 'give each an address of their own',
        related: [{ pointer: `${first.origin}/email`, message: `'${first.id}' has it` }],
      },
    ];
  });
  return [...taken, ...shared];
}
