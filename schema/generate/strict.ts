import type { Language } from './combine.ts';
import { follow, type JsonSchema, mapSchema, omit } from './json-schema.ts';
import { withExactlyOne } from './published.ts';

/**
 * The schema that the validator is compiled from. It accepts what the published one accepts, but it chooses a branch
 * by the type of the value, or by `use`, before it looks inside: one mistake gives one error.
 */
export function strict(language: Language): JsonSchema {
  return mapSchema(language.schema, (schema) =>
    omit(byType(byUse(textItems(withExactlyOne(schema))), language), [
      'x-kind',
      'x-long',
      'x-exactly-one',
      'x-role',
      'description',
      'title',
      'examples',
      'default',
    ]),
  );
}

/** ajv compares unique items with a module of its own unless it sees that they are plain text. */
function textItems(schema: JsonSchema): JsonSchema {
  return schema.uniqueItems ? { ...schema, items: { type: 'string', ...schema.items } } : schema;
}

function byUse(schema: JsonSchema): JsonSchema {
  if (schema.oneOf?.[0]?.$ref === undefined) return schema;
  return { ...schema, type: 'object', required: ['use'], discriminator: { propertyName: 'use' } };
}

function byType(schema: JsonSchema, language: Language): JsonSchema {
  if (schema.anyOf === undefined) return schema;
  const branches = schema.anyOf.map((branch) => ({ type: branchType(follow(branch, language.defs)), branch }));
  return {
    ...omit(schema, ['anyOf']),
    type: branches.map(({ type }) => type),
    // biome-ignore lint/suspicious/noThenProperty: `then` is the keyword's name in JSON Schema
    allOf: branches.map(({ type, branch }) => ({ if: { type }, then: branch })),
  };
}

function branchType(schema: JsonSchema): string {
  if (schema.oneOf !== undefined) return 'object';
  if (typeof schema.type !== 'string') throw new Error('each branch of an anyOf has one type');
  return schema.type === 'integer' ? 'number' : schema.type;
}
