import type { Document, Value } from '../../schema/document.ts';
import { isMap } from './is-map.ts';
import { pointerTo } from './pointer.ts';
import { hasCredentials, isSecretValue } from './secret-names.ts';

/** A secret that stands in the file itself. */
export interface LiteralSecret {
  /** To the value that it is in. */
  readonly pointer: string;
  /** What must not be seen of that value: all of it, or the password of an address. */
  readonly text: string;
  /** It stands where only the source of a secret belongs. */
  readonly isMisplaced?: boolean;
  /** It is a part of a text that gives it away: an address, a private key. */
  readonly isInText?: boolean;
  /** For the sentence: `DB_PASSWORD`, `an address with a password`. */
  readonly what: string;
}

/** Keys that hold a secret wherever they are written. Where the language has one, it names an entry of `secrets`. */
const secretKey =
  /^(?:.*[_-])?(?:password|passwd|passphrase|api[_-]?key|private[_-]?key|secret[_-]?key|access[_-]?key)$/i;

/** Keys whose value is the id of a secret, and where the secret itself is easily told from an id. */
const tokenKey = /^(?:.*[_-])?(?:token|webhook)$/i;

/** The form of an id of the file. */
const isId = /^[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?$/;

/** Whether the value at this place is the id of a secret: a password that somebody wrote there is one all the same. */
export function isSecretPlace(keys: readonly string[]): boolean {
  const key = keys.at(-1) ?? '';
  return secretKey.test(key) || tokenKey.test(key) || keys.at(-2) === 'credentials';
}

/** Whether what stands in the place of an id can only be the secret itself: nobody calls one by 25 letters without a dash. */
export function isNoId(text: string): boolean {
  return !isId.test(text) || /[a-z0-9]{25}/.test(text);
}

/** Every secret that stands in the file, also at a place where it means nothing. */
export function literalSecrets(tree: Document['tree']): readonly LiteralSecret[] {
  const declared = declaredSecrets(tree);
  return members(tree, '', []).filter(({ text, isMisplaced }) => isMisplaced === true || !declared.has(text));
}

/** Ids of secrets, in the file and its environments: where one stands as a value, it is a name and nothing to hide. */
export function declaredSecrets(tree: Document['tree']): ReadonlySet<string> {
  const { environments } = tree;
  const overlays = isMap(environments) ? Object.values(environments).filter(isMap) : [];
  return new Set([tree, ...overlays].flatMap(({ secrets }) => (isMap(secrets) ? Object.keys(secrets) : [])));
}

/** Those of a file without mistakes: in variables, commands and configuration files of services, in addresses, in patches. */
export function secretsOfServices({ services, patches = [] }: Document['tree']): readonly LiteralSecret[] {
  const ofPatches = valueSecrets(patches, '/patches', ['patches']);
  if (!isMap(services)) return ofPatches;
  const ofServices = Object.entries(services).flatMap(([id, service]) => {
    if (!isMap(service)) return [];
    return ['environment', 'command', 'entrypoint', 'configs'].flatMap((key) => {
      const value = service[key];
      const keys = ['services', id, key];
      return value === undefined || value === null ? [] : valueSecrets(value, pointerTo('', ...keys), keys);
    });
  });
  return [...ofServices, ...ofPatches];
}

function members(map: Document['tree'], pointer: string, keys: readonly string[]): readonly LiteralSecret[] {
  return Object.entries(map).flatMap(([key, value]) => valueSecrets(value, pointerTo(pointer, key), [...keys, key]));
}

function valueSecrets(value: Value, pointer: string, keys: readonly string[]): readonly LiteralSecret[] {
  if (Array.isArray(value)) return itemSecrets(value as readonly Value[], pointer, keys);
  if (keys.at(-1) === 'environment' && typeof value === 'string') return listSecrets([value], pointer, keys, true);
  if (isMap(value)) return members(value, pointer, keys);
  if (value === null || typeof value === 'boolean') return [];
  const text = String(value);
  const name = keys.at(-1) ?? '';
  if (isMisplaced(text, keys)) return [{ pointer, text, isMisplaced: true, what: `the secret ${name}` }];
  const isNamed =
    secretKey.test(name) ||
    (keys.at(-2) === 'environment' && isSecretValue(name, text)) ||
    ((keys.at(-2) === 'credentials' || (tokenKey.test(name) && keys[0] !== 'secrets')) && isNoId(text));
  if (isNamed && !isReference(text))
    return hasCredentials(text) ? inText(text, pointer) : [{ pointer, text, what: name }];
  return inText(text, pointer);
}

/** `DB_PASSWORD: [hunter2]`: each item is what the name says. */
function itemSecrets(items: readonly Value[], pointer: string, keys: readonly string[]): readonly LiteralSecret[] {
  if (keys.at(-2) !== 'environment') return listSecrets(items, pointer, keys);
  const name = keys.at(-1) ?? '';
  return items.flatMap((item, index) =>
    valueSecrets(item, pointerTo(pointer, String(index)), [...keys.slice(0, -1), name]),
  );
}

/** Words of a command, and `NAME=value` as other tools have it. */
function listSecrets(
  items: readonly Value[],
  pointer: string,
  keys: readonly string[],
  isOne = false,
): readonly LiteralSecret[] {
  return items.flatMap((item, index): readonly LiteralSecret[] => {
    const place = isOne ? pointer : pointerTo(pointer, String(index));
    if (typeof item !== 'string')
      return [...variable(item, place), ...valueSecrets(item, place, [...keys, String(index)])];
    const [, name = '', text = ''] = /^-{0,2}([A-Za-z][\w.-]*)[=:]\s*(.+)$/s.exec(item) ?? [];
    if (hasCredentials(item)) return inText(item, place);
    if (isSecretValue(name, text) && !isReference(text)) return [{ pointer: place, text, what: name }];
    const before = items[index - 1];
    const option = typeof before === 'string' ? /^--?([A-Za-z][\w.-]+)$/.exec(before)?.[1] : undefined;
    const isValue = option !== undefined && !item.startsWith('-') && !isReference(item) && isSecretValue(option, item);
    return isValue ? [{ pointer: place, text: item, what: before as string }] : [];
  });
}

/** `{ name: DB_PASSWORD, value: … }`, as Kubernetes writes a variable. */
function variable(item: Value, place: string): readonly LiteralSecret[] {
  if (!isMap(item) || typeof item.name !== 'string' || typeof item.value !== 'string') return [];
  const { name, value } = item;
  if (hasCredentials(value) || isReference(value) || !isSecretValue(name, value)) return [];
  return [{ pointer: pointerTo(place, 'value'), text: value, what: name }];
}

/** A value in the place where only its source belongs: `smtp: hunter2`, `smtp: { value: hunter2 }`. */
function isMisplaced(text: string, keys: readonly string[]): boolean {
  const [section, , key, ...more] = keys[0] === 'environments' ? keys.slice(2) : keys;
  if (section !== 'secrets' || text === '') return false;
  switch (key) {
    case undefined:
      return true;
    case 'env':
      return !/^[A-Za-z_][\w-]*$/.test(text) && !isReference(text);
    case 'file':
    case 'sops':
      return !/[/.]/.test(text);
    case 'generate':
    case 'kubernetes':
      return false;
    default:
      return more.length === 0;
  }
}

/** A password in an address, and a private key in any text. */
function inText(text: string, pointer: string): readonly LiteralSecret[] {
  if (!text.includes('://') && !text.includes('PRIVATE KEY')) return [];
  const keys = [...text.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g)];
  const passwords = [...text.matchAll(/[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]*:([^\s/@]+)@/gi)];
  return [
    ...keys.map(([found]) => ({ pointer, text: found, what: 'a private key', isInText: true })),
    ...passwords
      .filter(([, found = '']) => !isReference(found))
      .map(([, found = '']) => ({ pointer, text: found, what: 'an address with a password', isInText: true })),
  ];
}

/** `$(NAME)` and `${NAME}`: the program or the engine puts the value in. */
function isReference(text: string): boolean {
  return /^\$(?:\([^)]*\)|\{[^}]*\}|[A-Za-z_]\w*)$/.test(text);
}
