import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import type { Shape } from '../../schema/shape.ts';
import { flowText } from '../model/flow-text.ts';
import { pointerTo } from '../model/pointer.ts';
import { type Advice, surely } from './advice.ts';
import { inQuotes, meansValue } from './fixes.ts';
import { adviceOf } from './kinds.ts';
import type { Mistake, Noted } from './mistake.ts';
import { settle } from './shape-at.ts';
import { describe, either, placeName, subject, wanted } from './words.ts';

/** A value of another type than the place wants. */
export function wrongType({ pointer, keys, spot, parent }: Mistake): Finding {
  const settled = settle(spot.shape, spot.value);
  const { kind } = settled;
  if (kind === 'secret-source' && typeof spot.value !== 'object') return secretValue(pointer, keys);
  const unit = (kind === 'quantity' || kind === 'duration') && typeof spot.value === 'number';
  const advice =
    adviceOf(kind, spot.value) ??
    adviceOfBranch(settled, spot.value) ??
    otherType(settled, spot.value, keys) ??
    example(spot.shape, keys) ??
    example(parent.shape, keys.slice(0, -1));
  return {
    code: unit ? 'AG205' : 'AG203',
    pointer,
    message: `${subject(keys)} must be ${wanted(spot.shape)}, but it is ${unit ? 'a number without a unit' : describe(spot.value)}`,
    ...(advice !== undefined && { hint: advice.hint }),
    ...(advice?.quote === true ? inQuotes(pointer) : meansValue(pointer, advice)),
  };
}

/** Of a value that may have several types: what the first kind that knows it says. */
function adviceOfBranch({ branches = [] }: Shape, value: Value | undefined): Advice | undefined {
  for (const branch of branches) {
    const advice = adviceOf(settle(branch, undefined).kind, value);
    if (advice !== undefined) return advice;
  }
  return undefined;
}

/** How to write the same in the type that is wanted. */
function otherType(wants: Shape, value: Value | undefined, keys: readonly string[]): Advice | undefined {
  if (value === null || value === undefined) {
    const empty = wants.kind === 'variable';
    if (wants.type === 'object' && keys.length === 1)
      return { hint: 'indent the lines that belong to it by two spaces, or delete the line' };
    return { hint: empty ? "write '' for an empty value, or delete the line" : 'give it a value, or delete the line' };
  }
  const scalar = typeof value !== 'object';
  if (wants.kind === 'line' && typeof value === 'boolean') return { hint: 'write a sentence' };
  if (wants.type === 'string' && scalar && wants.known !== undefined) return undefined;
  if (wants.type === 'string' && scalar) return { hint: `put it in quotes: '${String(value)}'`, quote: true };
  if (wants.type === 'boolean' && typeof value === 'string') return truth(value);
  if (wants.type === 'array' && scalar) return asList(wants, value);
  if (wants.type === 'object' && Array.isArray(value)) return { hint: asKeys(value, keys) };
  if (wants.type === 'object' && scalar) return withoutId(wants, keys) ?? asMap(wants, value);
  return undefined;
}

/** What one would write there, where nothing is known of what was meant. */
function example(shape: Shape, keys: readonly string[]): Advice | undefined {
  const shown = shape.example ?? settle(shape, undefined).example;
  return shown === undefined ? undefined : { hint: `for example \`${keys.at(-1)}: ${flowText(shown)}\`` };
}

function truth(value: string): Advice | undefined {
  if (/^(?:y|yes|on|true|1)$/i.test(value)) return surely(true);
  return /^(?:n|no|off|false|0)$/i.test(value) ? surely(false) : undefined;
}

/** `runners: { size: 2 }`: an id stands between. */
function withoutId({ properties = {} }: Shape, keys: readonly string[]): Advice | undefined {
  const [section = '', key = ''] = keys;
  if (keys.length !== 2 || !Object.hasOwn(properties, key)) return undefined;
  return { hint: `an id comes first: \`${section}: { ${section === 'runners' ? 'linux' : 'web'}: { ${key}: … } }\`` };
}

function asList({ items }: Shape, value: boolean | number | string): Advice {
  if (value === '') return { hint: 'give it a value, or delete the line' };
  if (/^-\S/.test(String(value))) return { hint: 'a space belongs behind each dash' };
  const hint = `write [${String(value)}]`;
  const one = typeof value === 'string' && /^[A-Za-z0-9][\w./:@-]*$/.test(value);
  return one && items !== undefined ? surely([value], hint) : { hint };
}

/** `- A=b` and `- data:/data` as Compose writes them. */
function asKeys([first]: readonly Value[], keys: readonly string[]): string {
  const text = typeof first === 'string' ? first : '';
  const published = /^([0-9]+):([0-9]+)$/.exec(text);
  if (published !== null) return `name each port: \`web: { port: ${published[2]}, publish: ${published[1]} }\``;
  const mount = /^([^:]*):(\/[^:]*)/.exec(text);
  if (keys.at(-1) === 'volumes' && mount !== null) return asVolume(mount[1] ?? '', mount[2] ?? '');
  const pair = /^([A-Za-z0-9_.-]+)[=:](.*)$/.exec(text);
  const example = pair === null ? 'key: value' : `${pair[1]}: ${pair[2]}`;
  return `write keys in place of list items: \`${example}\`${keys.at(-1) === 'accept' ? ', each code with its reason' : ''}`;
}

/** `./data:/data`: what stands before the colon is a folder of the host or the name of a volume. */
function asVolume(source: string, path: string): string {
  const name =
    source
      .replace(/^.*\//, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'data';
  if (!/[/~.]/.test(source)) return `name each volume: \`${name}: ${path}\``;
  const folder = source.startsWith('/') ? source : `/srv/${name}`;
  return `name each volume: \`${name}: ${path}\`, or for a folder of the host \`${name}: { path: ${path}, hostPath: ${folder} }\``;
}

function asMap({ required = [], properties = {}, entries }: Shape, value: Value): Advice | undefined {
  const [only] = required;
  const [, key, rest] = /^([A-Za-z]+):(\S.*)$/.exec(String(value)) ?? [];
  if (key !== undefined && Object.hasOwn(properties, key))
    return { hint: `a space belongs behind the colon: \`${key}: ${rest}\`` };
  const text = String(value);
  if (only !== undefined && required.length === 1 && text.length < 60 && typeof value === 'string') {
    const hint = `write { ${only}: ${text} }`;
    return only === 'image' && /[:/]/.test(text) ? surely({ [only]: text }, hint) : { hint };
  }
  const names = Object.keys(properties);
  return names.length === 0 || entries !== undefined ? undefined : { hint: `its keys are ${names.join(', ')}` };
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
  return {
    code: 'AG202',
    pointer,
    at: 'key',
    misses: pointerTo(pointer, key),
    message: `${placeName(keys)} has no \`${key}\``,
    hint: addKey(key, settle(spot.shape, spot.value)),
  };
}

function addKey(key: string, { properties = {}, uses }: Shape): string {
  if (key === 'use' && uses !== undefined) return `add ${either(Object.keys(uses).map((use) => `\`use: ${use}\``))}`;
  const example = properties[key]?.example;
  if (example === undefined) return `add \`${key}\``;
  return `add it, for example \`${key}: ${flowText(example)}\``;
}
