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
  const settled = settle(spot.shape, spot.value);
  const known = Object.keys(settled.properties ?? {});
  const judged = withHint && key.length < 64;
  const near = judged ? nearKey(key, known) : undefined;
  const hint = near === undefined && judged ? hintFor(key, keys, settled) : near && `did you mean \`${near}\`?`;
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
  const exact = known.find((each) => fold(each) === fold(key) || `${each}Name` === key);
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

function hintFor(key: string, keys: readonly string[], shape: Shape): string {
  const known = Object.keys(shape.properties ?? {});
  const foreign = Object.hasOwn(foreignKeys, key) ? foreignKeys[key] : undefined;
  if (foreign !== undefined && isPossible(foreign, keys, known)) return foreign;
  const inside = keys.length === 0 ? undefined : insideOf(key, shape);
  if (inside !== undefined) return `\`${key}\` belongs under \`${inside}\``;
  return elsewhere(key, keys) ?? `known here: ${known.join(', ')}`;
}

/** Whether the key that the advice begins with is one of this place; other advice is for every place but the top. */
function isPossible(advice: string, keys: readonly string[], known: readonly string[]): boolean {
  if (advice.includes('at the top of the file')) return true;
  if (keys.length === 0) return false;
  const key = /^(?:write|name [^`]* under) `([A-Za-z]+)(?=[:`])/.exec(advice)?.[1];
  return key === undefined || known.includes(key);
}

/** `max` of a pool is a key of its `size`: the one map below this place that has it. */
function insideOf(key: string, shape: Shape): string | undefined {
  const owners = Object.entries(shape.properties ?? {}).filter(([, inner]) => {
    const settled = settle(inner, {});
    return settled.uses === undefined && Object.hasOwn(settled.properties ?? {}, key);
  });
  return owners.length === 1 ? owners[0]?.[0] : undefined;
}

function fold(key: string): string {
  return key.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** A key that is right in another place: at the top, inside a service or a pool, or in one role alone. */
function elsewhere(key: string, keys: readonly string[]): string | undefined {
  const top = topShape().properties ?? {};
  if (keys.length > 0 && Object.hasOwn(top, key)) return `\`${key}\` belongs at the top of the file`;
  // What a service can say, a role cannot, and the other way round: it is not there by mistake.
  if (keys.length > 0 && Object.hasOwn(top, keys[0] ?? '')) return undefined;
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
