/** The part of JSON Schema 2020-12 that AutoGit writes, with its own annotations. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly discriminator?: { readonly propertyName: string };
  /** Frame: the place of a role. Fragment: the role that it fills. */
  readonly 'x-role'?: string;
  /** A short form: the value `v` means `{ [x-long]: v }`. */
  readonly 'x-long'?: string;
  /** What the value is, for messages; a key of `compiler/validate/kinds.ts`. */
  readonly 'x-kind'?: string;
  /** Exactly one of these keys. */
  readonly 'x-exactly-one'?: readonly string[];
}

/** Applies `change` to every schema below `schema`, innermost first, and then to `schema` itself. */
export function mapSchema(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const inner = (s: JsonSchema): JsonSchema => mapSchema(s, change);
  const record = (of: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(of).map(([key, s]) => [key, inner(s)]));
  const list = (of: readonly JsonSchema[]) => of.map(inner);
  return change({
    ...schema,
    ...(schema.$defs && { $defs: record(schema.$defs) }),
    ...(schema.properties && { properties: record(schema.properties) }),
    ...(typeof schema.additionalProperties === 'object' && {
      additionalProperties: inner(schema.additionalProperties),
    }),
    ...(schema.propertyNames && { propertyNames: inner(schema.propertyNames) }),
    ...(schema.items && { items: inner(schema.items) }),
    ...(schema.anyOf && { anyOf: list(schema.anyOf) }),
    ...(schema.oneOf && { oneOf: list(schema.oneOf) }),
  });
}

/** Removes keys, for example annotations that a reader of the result does not know. */
export function omit(schema: JsonSchema, keys: readonly (keyof JsonSchema)[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key as keyof JsonSchema)));
}

/** The schema that a `#/$defs/…` reference means; a schema without `$ref` means itself. */
export function follow(schema: JsonSchema, defs: Readonly<Record<string, JsonSchema>>): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const target = defs[schema.$ref.replace('#/$defs/', '')];
  if (target === undefined) throw new Error(`${schema.$ref} is not defined in the frame`);
  return target;
}
