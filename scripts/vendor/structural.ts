export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What is judged of a schema of a custom kind. */
const keptKeywords: readonly string[] = ['type', 'enum', 'required', 'minimum', 'maximum', 'pattern'];

/** A schema of a custom resource in the keywords that are judged; an object knows no other members than those it names. */
export function structural(schema: Json): Json {
  if (!isMap(schema)) return schema;
  const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => keptKeywords.includes(key)));
  if (schema['x-kubernetes-int-or-string'] === true) return { type: ['integer', 'string'] };
  if (isMap(schema.properties)) {
    const fields = Object.entries(schema.properties).map(([name, each]) => [name, structural(each)]);
    const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
    return { ...kept, properties: Object.fromEntries(fields), ...(open ? {} : { additionalProperties: false }) };
  }
  if (isMap(schema.additionalProperties))
    return { ...kept, additionalProperties: structural(schema.additionalProperties) };
  return isMap(schema.items) ? { ...kept, items: structural(schema.items) } : kept;
}

export function isMap(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
