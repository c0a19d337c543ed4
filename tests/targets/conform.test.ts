import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import composeSchema from '../../compiler/compose/schema/compose-spec.json' with { type: 'json' };
import { target as compose } from '../../compiler/compose/target.ts';
import kubernetesSchemas from '../../compiler/kubernetes/schema/kubernetes.json' with { type: 'json' };
import { target as kubernetes } from '../../compiler/kubernetes/target.ts';
import { type JsonSchema, judgeBy, knownKeywords, misfit } from '../../compiler/model/conform.ts';
import language from '../../schema/language.generated.json' with { type: 'json' };
import { validate } from '../../schema/validator.generated.mjs';
import { componentFiles } from '../contract/component-files.ts';
import { home } from './platforms.ts';

const roots = {
  compose: composeSchema as JsonSchema,
  kubernetes: kubernetesSchemas as JsonSchema,
  language: language as JsonSchema,
};

describe('the schemas that are judged by as data', () => {
  it.each(Object.entries(roots))('of %s use no keyword that is not judged', (_, root) => {
    expect([...keywordsOf(root)].filter((keyword) => !knownKeywords.includes(keyword))).toEqual([]);
  });

  it('judge as ajv does, whatever is changed in a rendered file', async () => {
    const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
    ajv.addSchema({ ...kubernetesSchemas, $id: 'kubernetes' });
    const { $id: _, ...composeRules } = composeSchema;
    const judges = new Map([['compose', ajv.compile(composeRules)]]);
    const documents = await renderedDocuments();
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), fc.nat(), ({ kind, value }, place, change) => {
        const changed = mutated(value, place, change);
        const schema = kind === 'compose' ? roots.compose : (roots.kubernetes.properties?.[kind] as JsonSchema);
        const judge = judges.get(kind) ?? ajv.compile({ $ref: `kubernetes#/properties/${kind}` });
        judges.set(kind, judge);
        const found = misfit(judgeBy(kind === 'compose' ? roots.compose : roots.kubernetes), schema, changed);
        expect({ found, fits: found === undefined }).toEqual({ found, fits: judge(changed) });
        refused += found === undefined ? 0 : 1;
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it('of the language judges as the compiled validator does, whatever is changed in a file', () => {
    const trees = Object.values(componentFiles).flatMap(({ minimal, full }) =>
      [minimal, full].map((text) => parse(`name: home\ndomain: home.example.org\n${text}`) as object),
    );
    const judge = judgeBy(roots.language);
    for (const tree of trees) expect(misfit(judge, roots.language, tree)).toBeUndefined();
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...trees), fc.nat(), fc.nat(), (tree, place, change) => {
        const changed = mutated(tree, place, change);
        const found = misfit(judge, roots.language, changed);
        expect({ found, fits: found === undefined }).toEqual({ found, fits: validate(changed) });
        refused += found === undefined ? 0 : 1;
      }),
      { numRuns: 6000 },
    );
    expect(refused).toBeGreaterThan(1500);
  });
});

describe('a misfit', () => {
  const root: JsonSchema = { $defs: { port: { type: 'integer', minimum: 1, maximum: 65_535 } } };
  const schema: JsonSchema = {
    type: 'object',
    required: ['port'],
    properties: {
      port: { $ref: '#/$defs/port' },
      mode: { enum: ['on', 'off'] },
      name: { type: 'string', pattern: '^[a-z]+$' },
      list: { type: 'array', items: { type: 'string' }, uniqueItems: true },
      either: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    },
    patternProperties: { '^x-': {} },
    additionalProperties: false,
  };
  it.each([
    [{ port: 80, 'x-a': 1, gone: undefined }, undefined],
    ['text', 'is no object'],
    [{}, 'port is missing'],
    [{ port: 0 }, '/port: is below 1'],
    [{ port: 70_000 }, '/port: is above 65535'],
    [{ port: 1.5 }, '/port: is no integer'],
    [{ port: 80, mode: 'no' }, '/mode: is none of on, off'],
    [{ port: 80, name: 'A' }, '/name: does not match ^[a-z]+$'],
    [{ port: 80, list: ['a', 1] }, '/list/1: is no string'],
    [{ port: 80, list: ['a', 'a'] }, '/list: holds an item twice'],
    [{ port: 80, either: true }, '/either: is no string; or /either: is no number'],
    [{ port: 80, prot: 1 }, '/prot: is not known'],
  ])('of %j is %j', (value, expected) => {
    expect(misfit(judgeBy(root), schema, value)).toBe(expected);
  });
});

async function renderedDocuments(): Promise<readonly { readonly kind: string; readonly value: object }[]> {
  const manifests = [...(await compose.render(home())).manifests, ...(await kubernetes.render(home())).manifests];
  return manifests
    .filter(({ kind }) => kind !== 'config' && kind !== 'Kustomization')
    .map(({ kind, text }) => ({ kind, value: parse(text) as object }));
}

/** The same document with one of its places dropped, renamed, retyped or doubled. */
function mutated(document: object, place: number, change: number): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  const places: (readonly [Record<string, unknown>, string])[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, member] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit(member);
    }
  };
  visit(copy);
  const [owner, key] = places[place % places.length] as readonly [Record<string, unknown>, string];
  const value = owner[key];
  const changes = [
    () => delete owner[key],
    () => Object.assign(owner, { [`${key}s`]: value }),
    () => Object.assign(owner, { [key]: 'text' }),
    () => Object.assign(owner, { [key]: 7 }),
    () => Object.assign(owner, { [key]: [value, value] }),
    () => Object.assign(owner, { [key]: { more: value } }),
    () => Object.assign(owner, { [key]: true }),
  ];
  changes[change % changes.length]?.();
  return JSON.parse(JSON.stringify(copy));
}

function keywordsOf(schema: JsonSchema, found = new Set<string>()): Set<string> {
  for (const [keyword, value] of Object.entries(schema)) {
    found.add(keyword);
    const below =
      keyword === 'items' || (keyword === 'additionalProperties' && typeof value === 'object')
        ? [value]
        : keyword === 'oneOf'
          ? value
          : ['properties', 'patternProperties', '$defs'].includes(keyword)
            ? Object.values(value)
            : [];
    for (const part of below) keywordsOf(part, found);
  }
  return found;
}
