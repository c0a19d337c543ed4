import type { Fault } from '../../model/patch-fault.ts';

/** A fault of an object that is named elsewhere. */
export type Place = Omit<Fault, 'object'>;

/** Something of the cluster that is named and not rendered. */
export function missing(path: string, kind: string, name: string): Place {
  return {
    path,
    wrong: `there is no ${kind} '${name}'`,
    hint: `correct the name, or write why it is there already under \`accept: { AG536: … }\``,
    isMissing: true,
  };
}

/** A port that is meant by a name which no container has given. */
export function noPort(name: string, known: readonly string[], who: string): Omit<Place, 'path'> {
  return {
    wrong: `${who} port called '${name}'`,
    hint: known.length === 0 ? 'write its number' : `there are ${[...new Set(known)].join(', ')}; or write its number`,
  };
}
