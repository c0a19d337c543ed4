import fc from 'fast-check';
import type { Value } from '../../schema/document.ts';

/** What people and editors leave behind, and what breaks readers. */
const pieces = [
  ...[
    '',
    ' ',
    '\n',
    '  ',
    '\t',
    ': ',
    '- ',
    ',',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '<<: ',
    '!!str ',
    '#',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '\r\n',
    '\u{feff}',
    '\u{2028}',
    '\u0000',
    '😀',
    'é',
    '\\',
    '? ',
    '@',
    '`',
    '~',
    'null',
    'yes',
  ],
  ...[
    '0x10',
    '1e3',
    '.inf',
    '1_000',
    '12:30:45',
    '2026-01-01',
    '__proto__: 1',
    'constructor',
    '$' + '{HOME}',
    '$$',
    '\u{202e}',
  ],
];

/** Changes of a text: cut, double, move or put in. */
export const textDamage: fc.Arbitrary<(text: string) => string> = fc
  .array(
    fc.record({ at: fc.nat(), length: fc.nat({ max: 30 }), put: fc.constantFrom(...pieces), again: fc.boolean() }),
    { minLength: 1, maxLength: 4 },
  )
  .map((steps) => (text) => steps.reduce((damaged, step) => damage(damaged, step), text));

function damage(
  text: string,
  { at, length, put, again }: { at: number; length: number; put: string; again: boolean },
): string {
  const start = text.length === 0 ? 0 : at % text.length;
  const cut = text.slice(start, start + length);
  return text.slice(0, start) + put + (again ? cut + cut : '') + text.slice(start + length);
}

/** Values of the wrong kind for nearly every place. */
const strange: readonly Value[] = [
  ...[null, true, 0, -1, 1.5, 1e308, '', ' ', 'no', '8080', '-', '\n', 'x'.repeat(300), '../..', '/', 'a b', '$(id)'],
  ...[[], [[]], {}, { use: 'nothing' }, { secret: 'nobody' }, ['a', 'a'], [null], { a: { a: { a: {} } } }],
];

const members: readonly string[] = [
  'use',
  'image',
  'host',
  'needs',
  'a',
  'Wiki',
  '__proto__',
  'constructor',
  '',
  'x-y',
];

/** Changes of a tree: a value replaced, a key taken away, renamed, misspelt or added. */
export const treeDamage: fc.Arbitrary<(tree: Value) => Value> = fc
  .array(
    fc.record({
      at: fc.nat(),
      how: fc.constantFrom('replace', 'remove', 'misspell', 'add'),
      value: fc.constantFrom(...strange),
      key: fc.constantFrom(...members),
    }),
    { maxLength: 2 },
  )
  .map((steps) => (tree) => steps.reduce((damaged, step) => changed(damaged, step), tree));

interface Step {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'misspell' | 'add';
  readonly value: Value;
  readonly key: string;
}

function changed(tree: Value, step: Step): Value {
  const places = placesIn(tree);
  const place = places[step.at % places.length] ?? [];
  return changeAt(tree, place, step);
}

/** Every place of a tree, as keys from the top. */
function placesIn(tree: Value, here: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof tree !== 'object' || tree === null) return [here];
  return [here, ...Object.entries(tree).flatMap(([key, member]) => placesIn(member as Value, [...here, key]))];
}

function changeAt(tree: Value, [key, ...rest]: readonly string[], step: Step): Value {
  if (key === undefined) return step.how === 'add' ? withMember(tree, step) : tree === null ? null : step.value;
  if (Array.isArray(tree))
    return tree.map((item, index) => (String(index) === key ? changeAt(item, rest, step) : item));
  const entries = Object.entries(tree as object) as [string, Value][];
  return Object.fromEntries(
    entries.flatMap(([name, member]): [string, Value][] => {
      if (name !== key) return [[name, member]];
      if (rest.length > 0) return [[name, changeAt(member, rest, step)]];
      if (step.how === 'remove') return [];
      if (step.how === 'misspell') return [[misspelt(name, step.at), member]];
      return [[name, changeAt(member, [], step)]];
    }),
  );
}

function withMember(tree: Value, { key, value }: Step): Value {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? { ...tree, [key]: value } : value;
}

function misspelt(name: string, at: number): string {
  const place = at % Math.max(1, name.length);
  return name.slice(0, place) + name.slice(place + 1);
}
