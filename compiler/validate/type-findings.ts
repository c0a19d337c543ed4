import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import { pointerTo } from '../model/pointer.ts';
import { fixOf } from './kinds.ts';
import type { Mistake, Noted } from './mistake.ts';
import { settle } from './shape-at.ts';
import { describe, placeName, subject, wanted } from './words.ts';

/** A value of another type than the place wants. */
export function wrongType({ pointer, keys, spot }: Mistake): Finding {
  const settled = settle(spot.shape, spot.value);
  const { kind } = settled;
  if (kind === 'secret-source' && typeof spot.value !== 'object') return secretValue(pointer, keys);
  const unit = (kind === 'quantity' || kind === 'duration') && typeof spot.value === 'number';
  const quotes = settled.type === 'string' && ['number', 'boolean'].includes(typeof spot.value);
  const hint =
    fixOf(kind, spot.value) ?? (quotes ? `put it in quotes: '${String(spot.value)}'` : emptyHint(spot.value));
  return {
    code: unit ? 'AG205' : 'AG203',
    pointer,
    message: `${subject(keys)} must be ${wanted(spot.shape)}, but it is ${unit ? 'a number without a unit' : describe(spot.value)}`,
    ...(hint !== undefined && { hint }),
  };
}

function emptyHint(value: Value | undefined): string | undefined {
  return value === null || value === undefined ? 'give it a value, or delete the line' : undefined;
}

function secretValue(pointer: string, keys: readonly string[]): Finding {
  const id = keys.at(-1) ?? '';
  const variable = id.toUpperCase().replaceAll('-', '_');
  return {
    code: 'AG214',
    pointer,
    at: 'key',
    message: `the value of the secret \`${id}\` stands in the file`,
    hint: `write ${id}: { env: ${variable} } and change the secret, since the file may have been seen`,
  };
}

/** A key that must be there. */
export function missingKey({ error, pointer, keys, spot }: Mistake): Noted {
  const key = String(error.params.missingProperty);
  const example = settle(spot.shape, spot.value).properties?.[key]?.example;
  return {
    code: 'AG202',
    pointer,
    at: 'key',
    misses: pointerTo(pointer, key),
    message: `${placeName(keys)} has no \`${key}\``,
    hint:
      example === undefined
        ? `add \`${key}\``
        : `add it, for example \`${key}: ${JSON.stringify(example).replaceAll('"', '')}\``,
  };
}
