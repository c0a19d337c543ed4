import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import { isMap } from '../model/is-map.ts';
import { isSecretPlace } from '../model/literal-secrets.ts';
import { meansKey, meansValue } from './fixes.ts';
import { adviceOf, kinds } from './kinds.ts';
import type { Mistake } from './mistake.ts';
import { settle } from './shape-at.ts';
import { either, placeName, quote, shorten, subject, wanted } from './words.ts';

/** Text, or the key of a map, that does not have the form of its kind. */
export function wrongForm({ error, pointer, keys, spot, parent }: Mistake): Finding {
  const named = error.propertyName !== undefined;
  const shape = named
    ? settle(settle(parent.shape, parent.value).names ?? {}, undefined)
    : settle(spot.shape, spot.value);
  const value = named ? error.propertyName : spot.value;
  const kind = shape.kind === undefined ? undefined : kinds[shape.kind];
  if (hasPassword(value)) return passwordInAddress(pointer, keys);
  if (shape.kind === 'reference' && isSecretPlace(keys)) return secretItself(pointer, keys);
  const advice = value === '' ? { hint: 'give it a value, or delete the line' } : adviceOf(shape.kind, value);
  const what = kind?.what ?? wanted(shape);
  const text = typeof value === 'string' ? value : '';
  return {
    code: kind?.code ?? 'AG211',
    pointer,
    ...(named && { at: 'key' }),
    message: named
      ? `the key ${shorten(text)} must be ${what}`
      : `${subject(keys)} must be ${what}, but it is ${quote(value)}`,
    ...(advice !== undefined && { hint: advice.hint }),
    ...(named ? meansKey(pointer, advice) : meansValue(pointer, advice)),
  };
}

/** What stands there may be the secret itself: nothing is made of it, and nothing of it is shown. */
function secretItself(pointer: string, keys: readonly string[]): Finding {
  return {
    code: 'AG206',
    pointer,
    message: `${subject(keys)} must be the id of a secret of this file`,
    hint: 'write an id such as backup-key and add `secrets: { backup-key: { file: /etc/autogit/backup-key } }`; if this was the secret itself, change it, since the file may have been seen',
  };
}

function hasPassword(value: Value | undefined): boolean {
  return typeof value === 'string' && /^(?:[a-z0-9]+:)?[a-z+]+:\/\/[^/@\s]*:[^/@\s]+@/i.test(value);
}

function passwordInAddress(pointer: string, keys: readonly string[]): Finding {
  return {
    code: 'AG214',
    pointer,
    at: 'key',
    message: `the address in ${subject(keys)} has a password in it`,
    hint: 'take the password out of the address and change it, since the file may have been seen',
  };
}

/** A number outside what makes sense. */
export function outOfRange({ pointer, keys, spot }: Mistake): Finding {
  const { kind, range = [] } = settle(spot.shape, spot.value);
  const [least, most] = range;
  const limits = least !== undefined && most !== undefined ? `between ${least} and ${most}` : `at least ${least}`;
  const hint = adviceOf(kind, spot.value)?.hint;
  const what = kind === 'cpus' ? `a number of CPUs ${limits} with at most three decimals` : limits;
  return {
    code: kind === 'cpus' ? 'AG205' : 'AG207',
    pointer,
    message: `${subject(keys)} must be ${what}, but it is ${String(spot.value)}`,
    ...(hint !== undefined && !hint.endsWith('quotes') && { hint }),
  };
}

/** Too many or too few of something. */
export function wrongCount({ error, pointer, keys, spot, parent }: Mistake): Finding {
  const limit = Number(error.params.limit);
  const few = error.keyword.startsWith('min');
  const unit = { Items: 'item', Length: 'character', Properties: 'key' }[error.keyword.slice(3)] ?? 'item';
  const needed = settle(parent.shape, parent.value).required?.includes(keys.at(-1) ?? '') === true;
  const units = limit === 1 ? unit : `${unit}s`;
  return {
    code: 'AG208',
    pointer,
    ...(few && { at: 'key' as const }),
    message: `${subject(keys)} must have at ${few ? 'least' : 'most'} ${limit} ${units}, but it ${lengthOf(spot.value, unit)}`,
    hint: few ? `add one${needed ? '' : ', or delete the key'}` : 'make it shorter',
  };
}

function lengthOf(value: Value | undefined, unit: string): string {
  const length = typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys(value ?? {}).length;
  return length === 0 ? 'is empty' : `has ${length} ${length === 1 ? unit : `${unit}s`}`;
}

/** The same item twice in a list. */
export function twice({ error, pointer, spot }: Mistake): Finding {
  const [first, second] = [Number(error.params.i), Number(error.params.j)].sort((a, b) => a - b);
  const value = Array.isArray(spot.value) ? spot.value[second ?? 0] : undefined;
  return {
    code: 'AG210',
    pointer: `${pointer}/${second}`,
    message: `${quote(value)} is in the list twice`,
    hint: 'delete one of the two',
    fix: { title: 'delete the second one', edits: [{ kind: 'remove', pointer: `${pointer}/${second}` }] },
    related: [{ pointer: `${pointer}/${first}`, message: 'it is here for the first time' }],
  };
}

/** None of several keys, or more than one. */
export function notExactlyOne({ pointer, keys, spot }: Mistake): Finding | undefined {
  if (!isMap(spot.value)) return undefined;
  const { exactlyOne = [] } = settle(spot.shape, spot.value);
  const present = exactlyOne.filter((key) => Object.hasOwn(Object(spot.value), key));
  const [kept, ...others] = present;
  return {
    code: 'AG209',
    pointer,
    at: 'key',
    message: `${placeName(keys)} needs exactly one of ${either(exactlyOne)}, but it has ${present.length === 0 ? 'none' : present.join(' and ')}`,
    hint: kept === undefined ? `add ${either(exactlyOne)}` : `keep ${kept} or ${either(others)}`,
  };
}
