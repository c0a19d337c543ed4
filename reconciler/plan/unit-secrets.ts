import type { Unit } from '../model/desired.ts';

/** Ids of the secrets whose values a unit is made from. */
export function secretsOf(unit: Unit): readonly string[] {
  switch (unit.kind) {
    case 'network':
    case 'volume':
      return [];
    case 'files':
      return unit.files.flatMap(({ source }) => (source.kind === 'secret' ? [source.secret] : []));
    case 'container':
      return Object.values(unit.spec.environment).flatMap((value) => (typeof value === 'string' ? [] : [value.secret]));
  }
}
