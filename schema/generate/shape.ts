import type { Shape } from '../shape.ts';
import type { Language } from './combine.ts';
import { follow, type JsonSchema } from './json-schema.ts';

/**
 * `shape.generated.mjs`: what `compiler/validate` needs to know of the schema at run time, to fill in defaults and to
 * name things in messages. Definitions are shared by name.
 */
export function shape(language: Language): Readonly<Record<string, Shape>> {
  const shapes: Record<string, Shape> = { '': shapeOf(language.schema, language) };
  for (const [name, def] of Object.entries(language.defs)) shapes[name] = shapeOf(def, language);
  return shapes;
}

function shapeOf(schema: JsonSchema, language: Language): Shape {
  const of = (each: JsonSchema): Shape => shapeOf(each, language);
  const { properties, additionalProperties: entries, items, anyOf, oneOf, propertyNames } = schema;
  const known = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  return {
    ...(schema.$ref && { ref: schema.$ref.replace('#/$defs/', '') }),
    ...(schema['x-kind'] && { kind: schema['x-kind'] }),
    ...(schema.type && { type: schema.type as Shape['type'] & string }),
    ...(known && { known: known as NonNullable<Shape['known']> }),
    ...(schema.default !== undefined && { default: schema.default as NonNullable<Shape['default']> }),
    ...(schema.minimum !== undefined && {
      range: [schema.minimum, schema.maximum].filter((each) => each !== undefined),
    }),
    ...(isShort(schema.examples?.[0]) && { example: schema.examples?.[0] as NonNullable<Shape['example']> }),
    ...(schema.required && { required: schema.required }),
    ...(schema['x-exactly-one'] && { exactlyOne: schema['x-exactly-one'] }),
    ...(schema['x-long'] && { long: schema['x-long'] }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([k, p]) => [k, of(p)])) }),
    ...(typeof entries === 'object' && { entries: of(entries) }),
    ...(propertyNames && { names: of(propertyNames) }),
    ...(items && { items: of(items) }),
    ...(anyOf && { branches: anyOf.map(of) }),
    ...(oneOf && { uses: Object.fromEntries(oneOf.map((each) => [use(each, language), of(each)])) }),
  };
}

/** What fits on the line of a message. */
function isShort(example: unknown): boolean {
  return example !== undefined && JSON.stringify(example).length <= 80;
}

function use(schema: JsonSchema, language: Language): string {
  return String(follow(schema, language.defs).properties?.use?.const);
}
