import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import { nearestName } from '../model/nearest.ts';
import { pointerTo } from '../model/pointer.ts';
import { kinds } from './kinds.ts';
import type { Mistake } from './mistake.ts';
import { isMap, type Spot, settle } from './shape-at.ts';
import { either, quote, subject } from './words.ts';

/** A value that is none of the known ones. */
export function notKnown({ pointer, keys, spot, withHint }: Mistake): Finding {
  const settled = settle(spot.shape, spot.value);
  const known = (settled.known ?? []).map(String);
  if (pointer === '/version') {
    return {
      code: 'AG212',
      pointer,
      message: `version ${String(spot.value)} of the language is not known here`,
      hint: 'write version: 1, or use a newer AutoGit',
    };
  }
  return oneOfKnown({
    pointer,
    keys,
    value: spot.value,
    known,
    what: kinds[spot.shape.kind ?? settled.kind ?? '']?.what,
    withHint,
  });
}

function oneOfKnown(input: {
  readonly pointer: string;
  readonly keys: readonly string[];
  readonly value: Value | undefined;
  readonly known: readonly string[];
  readonly what?: string | undefined;
  readonly withHint: boolean;
}): Finding {
  const { pointer, keys, value, known, what, withHint } = input;
  const text = typeof value === 'string' ? value : '';
  const near = withHint && text.length < 64 ? closest(text, known) : undefined;
  const list = what !== undefined && (known.length > 8 || known.length === 1) ? what : either(known);
  const hint =
    near === undefined ? (known.length > 8 ? `known are ${known.join(', ')}` : undefined) : `did you mean ${near}?`;
  return {
    code: 'AG204',
    pointer,
    message: `${subject(keys)} must be ${list}, but it is ${quote(value)}`,
    ...(hint !== undefined && { hint }),
  };
}

/** Real names that are near to others by chance: no misspellings. */
const otherProducts: ReadonlySet<string> = new Set([
  'gitlab',
  'github',
  'gogs',
  'gitolite',
  'mysql',
  'mariadb',
  'nginx',
  'caddy',
]);

/** Also finds what differs in case, in a `CAP_` or in a missing `SIG`. */
function closest(text: string, known: readonly string[]): string | undefined {
  const upper = text.toUpperCase();
  const spelled = [text, upper, upper.replace(/^CAP_/, ''), `SIG${upper}`, text.toLowerCase()];
  const exact = spelled.find((each) => known.includes(each));
  const aliases: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    x64: 'amd64',
    aarch64: 'arm64',
    k8s: 'kubernetes',
    docker: 'compose',
    postgresql: 'postgres',
  };
  const alias = aliases[text.toLowerCase()];
  const longer = text.length > 2 ? known.find((each) => each.startsWith(upper)) : undefined;
  if (otherProducts.has(text.toLowerCase())) return undefined;
  return exact ?? longer ?? (alias !== undefined && known.includes(alias) ? alias : nearestName(text, known));
}

/** A component that is not known. */
export function wrongUse({ pointer, keys, spot, withHint }: Mistake): Finding | undefined {
  const { value } = spot;
  if (!isMap(value) || value.use === undefined) return undefined;
  const known = Object.keys(usesOf(spot));
  return oneOfKnown({ pointer: pointerTo(pointer, 'use'), keys: [...keys, 'use'], value: value.use, known, withHint });
}

function usesOf({ shape }: Spot) {
  return shape.branches?.find((branch) => branch.uses !== undefined)?.uses ?? {};
}
