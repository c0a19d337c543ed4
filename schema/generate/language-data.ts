import type { Language } from './combine.ts';
import { type JsonSchema, mapSchema, omit } from './json-schema.ts';
import { withExactlyOne } from './published.ts';

/** `language.generated.json`: what `validator.generated.mjs` accepts, as data to judge by, without what only people read. */
export function languageData(language: Language): JsonSchema {
  return mapSchema(language.schema, (schema) =>
    omit(withExactlyOne(schema), [
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
