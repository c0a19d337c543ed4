import type { Language } from './combine.ts';
import { follow, type JsonSchema, mapSchema, omit } from './json-schema.ts';

/** `autogit.schema.json`: plain JSON Schema 2020-12 for editors and other tools, without AutoGit's annotations. */
export function published(language: Language): JsonSchema {
  return mapSchema(language.schema, (schema) =>
    omit(withExactlyOne(shortFormsThatDo(schema, language)), ['x-kind', 'x-long', 'x-exactly-one', 'x-role']),
  );
}

/** The name of a component alone is offered where nothing more has to be said; the validator tells what is missing. */
function shortFormsThatDo(schema: JsonSchema, language: Language): JsonSchema {
  const [short, long] = schema.anyOf ?? [];
  // Inner schemas have lost their annotations already: a choice of names beside a choice of maps is a role.
  if (short?.enum === undefined || long?.oneOf === undefined) return schema;
  const enough = (use: unknown): boolean => {
    const own = long.oneOf
      ?.map((each) => follow(each, language.defs))
      .find(({ properties }) => properties?.use?.const === use);
    return (own?.required ?? []).every((key) => key === 'use');
  };
  const uses = short.enum.filter(enough);
  if (uses.length > 0) return { ...schema, anyOf: [{ ...short, enum: uses }, long] };
  return { ...omit(schema, ['anyOf']), ...long };
}

/** Spells `x-exactly-one` in standard words. */
export function withExactlyOne(schema: JsonSchema): JsonSchema {
  const keys = schema['x-exactly-one'];
  return keys === undefined ? schema : { ...schema, oneOf: keys.map((key) => ({ required: [key] })) };
}
