import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import { isMap } from '../model/is-map.ts';
import { isOnlyNear, nearestName } from '../model/nearest.ts';
import { pointerTo } from '../model/pointer.ts';
import { meansValue, renames } from './fixes.ts';
import { kinds } from './kinds.ts';
import type { Mistake } from './mistake.ts';
import { type Spot, settle } from './shape-at.ts';
import { describe, either, quote, subject } from './words.ts';

/** A value that is none of the known ones. */
export function notKnown(mistake: Mistake): Finding {
  const { pointer, keys, spot, withHint } = mistake;
  if (mistake.error.propertyName !== undefined) return unknownName(mistake, mistake.error.propertyName);
  const settled = settle(spot.shape, spot.value);
  const known = (settled.known ?? []).map(String);
  if (pointer === '/version') {
    return {
      code: 'AG212',
      pointer,
      message: `version ${typeof spot.value === 'object' ? describe(spot.value) : String(spot.value)} of the language is not known here`,
      hint: looksLikeCompose(spot.value)
        ? 'that is the version of a Compose file: `autogit import compose.yaml` makes a platform file of one'
        : 'write version: 1, or use a newer AutoGit',
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

function looksLikeCompose(version: Value | undefined): boolean {
  const text = typeof version === 'string' || typeof version === 'number' ? String(version) : '';
  return /^(?:3|[23]\.[0-9]+)$/.test(text);
}

/** A key of a map whose keys are all known: `ulimits: { nofil: 1 }`. */
function unknownName({ pointer, parent, withHint }: Mistake, name: string): Finding {
  const names = settle(settle(parent.shape, parent.value).names ?? {}, undefined);
  const known = (names.known ?? []).map(String);
  const near = withHint && name.length < 64 ? closest(name, known) : undefined;
  return {
    code: 'AG204',
    pointer,
    at: 'key',
    message: `the key ${quote(name)} must be ${kinds[names.kind ?? '']?.what ?? either(known)}`,
    hint: near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near.name}?`,
    ...(near?.certain === true && renames(pointer, near.name)),
  };
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
  const product = Object.hasOwn(otherProducts, text.toLowerCase()) ? otherProducts[text.toLowerCase()] : undefined;
  const all = known.length > 8 ? `known are ${known.join(', ')}` : undefined;
  const hint = tagged(text, known) ?? (near === undefined ? (product ?? all) : `did you mean ${near.name}?`);
  return {
    code: 'AG204',
    pointer,
    message: `${subject(keys)} must be ${list}, but it is ${quote(value)}`,
    ...(hint !== undefined && { hint }),
    ...(near?.certain === true && meansValue(pointer, { hint: `write ${near.name}`, means: near.name })),
  };
}

/** `gitea:1.25`: the name of a component with a version behind it. */
function tagged(text: string, known: readonly string[]): string | undefined {
  const [name = '', tag] = text.split(':');
  return tag !== undefined && known.includes(name)
    ? `write { use: ${name}, image: … } with the whole image for another version than the usual one, or ${name}`
    : undefined;
}

/** Real names that are near to others by chance, no misspellings: what to do instead. */
const otherProducts: Readonly<Record<string, string>> = {
  github: 'it runs at GitHub alone: gitea and forgejo are the nearest in use',
  gogs: 'gitea began as a copy of it',
  gitolite: 'forgejo and gitea are the small ones',
  mysql: 'a program that needs it takes it from a service of your own: `services: { mysql: { image: … } }`',
  mariadb: 'a program that needs it takes it from a service of your own: `services: { mariadb: { image: … } }`',
  nginx: 'traefik takes its part here, and knows every host from this file',
  caddy: 'traefik takes its part here, and knows every host from this file',
  grafana: 'prometheus brings it along',
  postgres: 'write database, and `database: postgres` at the top of the file',
  'tcp/udp': 'name the port twice, once with each',
  minio: 'its images are no longer published; garage and versitygw speak S3 as well',
  seaweedfs: 'garage and versitygw speak S3 as well',
  borg: 'restic takes its part here',
  keycloak: 'authelia takes its part here',
  authentik: 'authelia takes its part here',
  pihole: 'coredns takes its part here; run Pi-hole itself as a service of your own',
};

/** Other names of the same thing. What `docker` means is no more than likely. */
const aliases: Readonly<Record<string, { readonly name: string; readonly certain: boolean }>> = {
  x86_64: { name: 'amd64', certain: true },
  x64: { name: 'amd64', certain: true },
  aarch64: { name: 'arm64', certain: true },
  k8s: { name: 'kubernetes', certain: true },
  docker: { name: 'compose', certain: false },
  'docker-compose': { name: 'compose', certain: true },
  postgresql: { name: 'postgres', certain: true },
};

/** Also finds what differs in case, in a `CAP_` or in a missing `SIG`. */
function closest(
  text: string,
  known: readonly string[],
): { readonly name: string; readonly certain: boolean } | undefined {
  const upper = text.toUpperCase();
  const spelled = [text, upper, upper.replace(/^CAP_/, ''), `SIG${upper}`, text.toLowerCase()];
  const exact = spelled.find((each) => known.includes(each));
  if (exact !== undefined) return { name: exact, certain: true };
  if (Object.hasOwn(otherProducts, text.toLowerCase()) || text === 'gitlab') return undefined;
  const longer = text.length > 2 ? known.find((each) => each.startsWith(upper)) : undefined;
  if (longer !== undefined) return { name: longer, certain: false };
  const alias = Object.hasOwn(aliases, text.toLowerCase()) ? aliases[text.toLowerCase()] : undefined;
  if (alias !== undefined && known.includes(alias.name)) return alias;
  const name = nearestName(text, known);
  return name === undefined ? undefined : { name, certain: isOnlyNear(text, name, known) };
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
