import type { Language } from './combine.ts';
import { type JsonSchema, mapSchema, omit } from './json-schema.ts';

/** `autogit.schema.json`: plain JSON Schema 2020-12 for editors and other tools, without AutoGit's annotations. */
export function published(language: Language): JsonSchema {
  return mapSchema(language.schema, (schema) =>
    omit(withExactlyOne(schema), ['x-kind', 'x-long', 'x-exactly-one', 'x-role']),
  );
}

/** Spells `x-exactly-one` in standard words. */
export function withExactlyOne(schema: JsonSchema): JsonSchema {
  const keys = schema['x-exactly-one'];
  return keys === undefined ? schema : { ...schema, oneOf: keys.map((key) => ({ required: [key] })) };
}
