import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../compiler/validate/kinds.ts';
import type { JsonSchema } from '../../schema/generate/json-schema.ts';
import { generate } from '../../schema/generate.ts';
import { judge } from './judge.ts';

const root = join(import.meta.dirname, '../..');
const generated = await generate();
const published = JSON.parse(generated['schema/autogit.schema.json'] ?? '') as JsonSchema;

describe('the schema', () => {
  it('is generated from the frame, the fragments and the codes: the committed files are up to date', () => {
    const stale = Object.entries(generated).filter(([path, text]) => readFileSync(join(root, path), 'utf8') !== text);
    expect(stale.map(([path]) => path)).toEqual([]);
  });

  it('describes every key and shows an example of it', () => {
    expect(
      keysOf(published)
        .filter(({ schema }) => schema.description === undefined || schema.examples === undefined)
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('closes every map: no unknown key gets through', () => {
    const open = every(published).filter(
      ({ schema }) =>
        schema.type === 'object' && schema.properties !== undefined && schema.additionalProperties !== false,
    );
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  it('has no default that it would refuse itself', () => {
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(published, 'language');
    const refused = every(published).filter(
      ({ path, schema }) => schema.default !== undefined && !ajv.validate({ $ref: `language#${path}` }, schema.default),
    );
    expect(refused.map(({ path }) => path)).toEqual([]);
  });

  it('has no example that it would refuse itself', () => {
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(published, 'language');
    const refused = every(published).flatMap(({ path, schema }) =>
      (schema.examples ?? [])
        .filter((example) => !ajv.validate({ $ref: `language#${path}` }, example))
        .map((example) => ({ path, example })),
    );
    expect(refused).toEqual([]);
  });

  it('names only kinds that messages know, and all of them', () => {
    const frame = readFileSync(join(root, 'schema/frame.schema.json'), 'utf8');
    const named = new Set([...frame.matchAll(/"x-kind": "([^"]+)"/g)].map(([, kind]) => kind));
    expect([...named].sort()).toEqual(Object.keys(kinds).sort());
  });

  it('and the compiled validator agree on every file of tests/language/wrong that is YAML', async () => {
    const ajv = new Ajv2020({ strict: false, allErrors: false });
    const check = ajv.compile(published);
    const { readdirSync } = await import('node:fs');
    const { parse } = await import('yaml');
    const folder = join(import.meta.dirname, 'wrong');
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.yaml'))) {
      const text = readFileSync(join(folder, name), 'utf8');
      const { diagnostics } = await judge(text);
      const onlyShape = diagnostics.every(({ code }) => code.startsWith('AG2') && code !== 'AG213');
      const fits = diagnostics.length === 0;
      if (onlyShape) expect({ name, fits: check(parse(text)) }).toEqual({ name, fits });
    }
  });
});

interface Place {
  readonly path: string;
  readonly schema: JsonSchema;
}

/** Every schema inside a schema, with its JSON pointer. */
function every(schema: JsonSchema, path = ''): readonly Place[] {
  const inside = (key: string, each: JsonSchema | undefined) =>
    each === undefined ? [] : every(each, `${path}/${key}`);
  const record = (key: string, of: Readonly<Record<string, JsonSchema>> = {}) =>
    Object.entries(of).flatMap(([name, each]) => every(each, `${path}/${key}/${name}`));
  const list = (key: string, of: readonly JsonSchema[] = []) =>
    of.flatMap((each, index) => every(each, `${path}/${key}/${index}`));
  const entries = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return [
    { path, schema },
    ...record('$defs', schema.$defs),
    ...record('properties', schema.properties),
    ...inside('additionalProperties', entries),
    ...inside('items', schema.items),
    ...list('anyOf', schema.anyOf),
    ...list('oneOf', schema.oneOf),
  ];
}

function keysOf(schema: JsonSchema): readonly Place[] {
  return every(schema).filter(({ path }) => /\/properties\/[^/]+$/.test(path));
}
