import type { Value } from '../../schema/document.ts';
import type { Shape } from '../../schema/shape.ts';
import { isMap } from '../model/is-map.ts';
import { isOnlyNear, nearestName } from '../model/nearest.ts';
import { pointerTo } from '../model/pointer.ts';
import { renames } from './fixes.ts';
import { foreignKeys } from './foreign-keys.ts';
import type { Mistake, Noted } from './mistake.ts';
import { settle, topShape } from './shape-at.ts';
import { placeName, shorten } from './words.ts';

/** A key that the language does not have at this place. */
export function unknownKey({ error, pointer, keys, spot, withHint }: Mistake): Noted {
  const key = String(error.params.additionalProperty);
  const known = Object.keys(settle(spot.shape, spot.value).properties ?? {});
  const judged = withHint && key.length < 64;
  const near = judged ? nearKey(key, known) : undefined;
  const hint = near === undefined && judged ? hintFor(key, keys, known) : near && `did you mean \`${near}\`?`;
  const where = keys.length === 0 ? '' : ` in ${placeName(keys)}`;
  return {
    code: 'AG201',
    pointer: pointerTo(pointer, key),
    at: 'key',
    message: `unknown key ${shorten(key)}${where}`,
    ...(hint !== undefined && { hint }),
    ...(near !== undefined && { means: pointerTo(pointer, near) }),
    ...(judged && renameOf(key, { near, known, pointer, spot })),
  };
}

function nearKey(key: string, known: readonly string[]): string | undefined {
  const exact = known.find((each) => fold(each) === fold(key));
  return exact ?? (Object.hasOwn(foreignKeys, key) ? undefined : nearestName(key, known));
}

/** The key that is certainly meant and is not there yet. */
function renameOf(
  key: string,
  {
    near,
    known,
    pointer,
    spot,
  }: { readonly near: string | undefined; readonly known: readonly string[] } & Pick<Mistake, 'pointer' | 'spot'>,
): Pick<Noted, 'fix'> {
  const map = isMap(spot.value) ? spot.value : {};
  const to = near === undefined ? renamedFrom(key, map[key]) : near;
  if (to === undefined || !known.includes(to) || Object.hasOwn(map, to)) return {};
  const certain = near === undefined || fold(near) === fold(key) || isOnlyNear(key, near, known);
  return certain ? renames(pointerTo(pointer, key), to) : {};
}

/** Keys of Compose whose values are written the same way here. */
function renamedFrom(key: string, value: Value | undefined): string | undefined {
  if (key === 'env' && isMap(value)) return 'environment';
  if (key === 'depends_on' && Array.isArray(value)) return 'needs';
  return undefined;
}

function hintFor(key: string, keys: readonly string[], known: readonly string[]): string {
  const foreign = Object.hasOwn(foreignKeys, key) && keys.length > 0 ? foreignKeys[key] : undefined;
  if (foreign !== undefined) return foreign;
  return elsewhere(key, keys) ?? `known here: ${known.join(', ')}`;
}

function fold(key: string): string {
  return key.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** A key that is right in another place: at the top, inside a service or a pool, or in one role alone. */
function elsewhere(key: string, keys: readonly string[]): string | undefined {
  const top = topShape().properties ?? {};
  if (keys.length > 0 && Object.hasOwn(top, key)) return `\`${key}\` belongs at the top of the file`;
  const owners = ['services', 'runners', 'gitops', 'cluster'].filter((owner) =>
    Object.hasOwn(keysUnder(top[owner]), key),
  );
  const owner = owners[0] ?? onlyRole(key, top);
  if (owner === undefined || keys[0] === owner) return undefined;
  const id = owner === 'services' || owner === 'runners' ? '.<id>' : '';
  return `\`${key}\` belongs under \`${owner}${id}\``;
}

/** `directory` is a key of sign-on and of nothing else. */
function onlyRole(key: string, top: Readonly<Record<string, Shape>>): string | undefined {
  const roles = Object.keys(top).filter(
    (role) => settle(top[role] ?? {}, {}).uses !== undefined && Object.hasOwn(keysUnder(top[role]), key),
  );
  return roles.length === 1 ? roles[0] : undefined;
}

function keysUnder(shape: Shape | undefined): object {
  if (shape === undefined) return {};
  const settled = settle(shape, {});
  if (settled.uses !== undefined) return Object.assign({}, ...Object.values(settled.uses).map(keysUnder));
  return settled.properties ?? (settled.entries ? (settle(settled.entries, {}).properties ?? {}) : {});
}
