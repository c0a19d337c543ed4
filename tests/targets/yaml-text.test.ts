import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type YamlValue, yamlText } from '../../compiler/model/yaml-text.ts';

/** What each reader makes of a text: YAML 1.1 and 1.2 by `yaml`, 1.2 by `js-yaml`. */
const readers: readonly (readonly [string, (text: string) => unknown])[] = [
  ['yaml as 1.2', (text) => parse(text, { version: '1.2' })],
  ['yaml as 1.1', (text) => parse(text, { version: '1.1', merge: true })],
  ['js-yaml', (text) => load(text)],
];

/** Texts that one version of YAML or another reads as something else, and texts that break careless writers. */
const treacherous = [
  ...['', ' ', 'no', 'Yes', 'ON', 'off', 'y', 'N', 'true', 'null', '~', 'Null', '.inf', '-.INF', '.nan', '=', '<<'],
  ...['0', '-1', '+1', '1_000', '0x1F', '0o17', '017', '08', '0b11', '1e3', '1.5', '.5', '1.', '12:30', '190:20:30'],
  ...['2024-01-01', '2024-01-01T00:00:00Z', '1.2.3', '10Gi', '30s', '1m30s', '512m', '8080:80', '1h', '5k'],
  ...[
    '- a',
    '? a',
    ': a',
    'a: b',
    'a:',
    'a #b',
    '#a',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
    '%a',
    '@a',
    '`a',
    '{a}',
    '[a]',
    'a,b',
  ],
  ...[
    '"a"',
    "'a'",
    'a"b',
    'a\\b',
    'a\tb',
    '\ta',
    'a ',
    ' a',
    'a\n',
    '\na',
    'a\nb',
    'a\n\nb\n',
    'a\n\n',
    'a \nb',
    '  a\nb',
  ],
  ...['---', '...', 'a\n---\nb', 'a\n  b\nc', '\u0000', '\u0085', '\u2028', '\ufeff', 'é', '😀', '\ud800', 'a\r\nb'],
];

describe.each(readers)('%s', (_, read) => {
  it.each(treacherous)('reads %j as the text it is', (text) => {
    expect(read(yamlText({ value: text, list: [text], [text]: 1 }))).toEqual({ value: text, list: [text], [text]: 1 });
  });

  it('reads long text as one line of text', () => {
    const texts = ['word '.repeat(500).trim(), 'x'.repeat(5000), '- '.repeat(1000)];
    expect(read(yamlText(texts))).toEqual(texts);
  });

  it('reads any value as it was', () => {
    const text = fc.oneof(fc.constantFrom(...treacherous), fc.string({ unit: 'grapheme' }), fc.string());
    const { value } = fc.letrec<{ value: YamlValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 4 }),
        // js-yaml refuses `__proto__`, which no rendered map holds.
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        expect(read(yamlText(given))).toEqual(structuredClone(given));
      }),
      { numRuns: 400 },
    );
  });
});

it('sorts maps, keeps lists, puts named keys first and ends with a newline', () => {
  const value = {
    spec: { b: [3, 1, 2], a: true },
    kind: 'Job',
    apiVersion: 'v1',
    empty: {},
    none: [],
    gone: undefined,
  };
  expect(yamlText(value, { comment: 'a comment', first: ['apiVersion', 'kind'] })).toBe(
    '# a comment\napiVersion: v1\nkind: Job\nempty: {}\nnone: []\nspec:\n  a: true\n  b:\n    - 3\n    - 1\n    - 2\n',
  );
});

it('writes a file of several lines as a block that a reviewer can read', () => {
  expect(yamlText({ data: { 'app.ini': 'A = 1\n\n[b]\nC = 2\n' } })).toBe(
    'data:\n  app.ini: |\n    A = 1\n\n    [b]\n    C = 2\n',
  );
});

it('refuses a number that is none', () => {
  expect(() => yamlText({ value: Number.NaN })).toThrow('cannot write NaN');
});
