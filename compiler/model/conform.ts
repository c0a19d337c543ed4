/**
 * Whether a value fits a JSON Schema, for the part of the language that the vendored schemas of Compose and Kubernetes
 * use. Nothing is compiled and nothing is generated: reading the rules as data costs less than loading them as code.
 */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly uniqueItems?: boolean;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

/** Every keyword that is judged, and those that say nothing about a value. Another one would be a rule not applied. */
export const knownKeywords: readonly string[] = [
  ...['$ref', '$defs', 'type', 'properties', 'patternProperties', 'additionalProperties', 'required', 'items'],
  ...['uniqueItems', 'enum', 'oneOf', 'minimum', 'maximum', 'pattern'],
  ...['$schema', '$id', 'title', 'description', 'default', 'deprecated', 'format'],
];

/**
 * The first way in which `value` does not fit, as one sentence that begins with the path (`/spec/replicas: …`);
 * undefined when it fits. `$ref` is looked up in `$defs` of `root`. Members that are undefined are not there.
 */
export function misfit(root: JsonSchema, schema: JsonSchema, value: unknown, path = ''): string | undefined {
  if (schema.$ref !== undefined) return misfit(root, definition(root, schema.$ref), value, path);
  return (
    wrongValue(schema, value, path) ?? wrongBranch(root, schema, value, path) ?? wrongParts(root, schema, value, path)
  );
}

function definition(root: JsonSchema, reference: string): JsonSchema {
  const found = root.$defs?.[reference.slice('#/$defs/'.length)];
  if (found === undefined) throw new Error(`the schema has no ${reference}`);
  return found;
}

function wrongValue(schema: JsonSchema, value: unknown, path: string): string | undefined {
  const { type, minimum, maximum, pattern } = schema;
  if (type !== undefined && ![type].flat().some((name) => isOfType(name, value))) {
    return `${path}: is no ${[type].flat().join(' or ')}`;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `${path}: is none of ${schema.enum.join(', ')}`;
  if (typeof value === 'number') {
    if (minimum !== undefined && value < minimum) return `${path}: is below ${minimum}`;
    if (maximum !== undefined && value > maximum) return `${path}: is above ${maximum}`;
  }
  if (typeof value === 'string' && pattern !== undefined && !new RegExp(pattern).test(value)) {
    return `${path}: does not match ${pattern}`;
  }
  return undefined;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    default:
      // string, number and boolean bear the names that JSON Schema uses.
      return typeof value === type;
  }
}

function wrongBranch(root: JsonSchema, schema: JsonSchema, value: unknown, path: string): string | undefined {
  if (schema.oneOf === undefined) return undefined;
  const misfits = schema.oneOf.map((branch) => misfit(root, branch, value, path));
  const fitting = misfits.filter((found) => found === undefined).length;
  if (fitting === 1) return undefined;
  return fitting > 1 ? `${path}: fits more than one form` : misfits.join('; or ');
}

function wrongParts(root: JsonSchema, schema: JsonSchema, value: unknown, path: string): string | undefined {
  if (Array.isArray(value)) return wrongItems(root, schema, value, path);
  if (typeof value !== 'object' || value === null) return undefined;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const missing = schema.required?.find((key) => !members.some(([name]) => name === key));
  if (missing !== undefined) return `${path}: ${missing} is missing`;
  for (const [key, member] of members) {
    const found = wrongMember(root, schema, key, member, `${path}/${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function wrongItems(root: JsonSchema, schema: JsonSchema, list: readonly unknown[], path: string): string | undefined {
  if (schema.uniqueItems === true && new Set(list.map((item) => JSON.stringify(item))).size < list.length) {
    return `${path}: holds an item twice`;
  }
  if (schema.items === undefined) return undefined;
  for (const [index, item] of list.entries()) {
    const found = misfit(root, schema.items, item, `${path}/${index}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function wrongMember(
  root: JsonSchema,
  { properties, patternProperties, additionalProperties }: JsonSchema,
  key: string,
  member: unknown,
  path: string,
): string | undefined {
  const named = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
  const matching = Object.entries(patternProperties ?? {}).flatMap(([pattern, rule]) =>
    new RegExp(pattern).test(key) ? [rule] : [],
  );
  const rules = named === undefined ? matching : [named, ...matching];
  for (const rule of rules) {
    const found = misfit(root, rule, member, path);
    if (found !== undefined) return found;
  }
  if (rules.length > 0 || additionalProperties === undefined || additionalProperties === true) return undefined;
  return additionalProperties === false ? `${path}: is not known` : misfit(root, additionalProperties, member, path);
}
