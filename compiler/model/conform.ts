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

/** A schema to judge by. Patterns are compiled when they are first met. */
export interface Judge {
  readonly root: JsonSchema;
  readonly patterns: Map<string, RegExp>;
}

export function judgeBy(root: JsonSchema): Judge {
  return { root, patterns: new Map() };
}

/**
 * The first way in which `value` does not fit, as one sentence that begins with the path (`/spec/replicas: …`);
 * undefined when it fits. `$ref` is looked up in `$defs` of the judge's schema. Members that are undefined are not there.
 */
export function misfit(judge: Judge, schema: JsonSchema, value: unknown, path = ''): string | undefined {
  if (schema.$ref !== undefined) return misfit(judge, definition(judge, schema.$ref), value, path);
  return (
    wrongValue(judge, schema, value, path) ??
    wrongBranch(judge, schema, value, path) ??
    (Array.isArray(value) ? wrongItems(judge, schema, value, path) : wrongMembers(judge, schema, value, path))
  );
}

function definition({ root }: Judge, reference: string): JsonSchema {
  const found = root.$defs?.[reference.slice('#/$defs/'.length)];
  if (found === undefined) throw new Error(`the schema has no ${reference}`);
  return found;
}

function wrongValue(judge: Judge, schema: JsonSchema, value: unknown, path: string): string | undefined {
  const { type, minimum, maximum, pattern } = schema;
  if (type !== undefined && !fitsType(type, value)) return `${path}: is no ${[type].flat().join(' or ')}`;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `${path}: is none of ${schema.enum.join(', ')}`;
  if (typeof value === 'number') {
    if (minimum !== undefined && value < minimum) return `${path}: is below ${minimum}`;
    if (maximum !== undefined && value > maximum) return `${path}: is above ${maximum}`;
  }
  if (typeof value === 'string' && pattern !== undefined && !patternOf(judge, pattern).test(value)) {
    return `${path}: does not match ${pattern}`;
  }
  return undefined;
}

function patternOf({ patterns }: Judge, pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern);
  patterns.set(pattern, known);
  return known;
}

function fitsType(type: string | readonly string[], value: unknown): boolean {
  return typeof type === 'string' ? isOfType(type, value) : type.some((name) => isOfType(name, value));
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

function wrongBranch(judge: Judge, { oneOf }: JsonSchema, value: unknown, path: string): string | undefined {
  if (oneOf === undefined) return undefined;
  const misfits = oneOf.map((branch) => misfit(judge, branch, value, path));
  const fitting = misfits.filter((found) => found === undefined).length;
  if (fitting === 1) return undefined;
  return fitting > 1 ? `${path}: fits more than one form` : misfits.join('; or ');
}

function wrongItems(judge: Judge, schema: JsonSchema, list: readonly unknown[], path: string): string | undefined {
  if (schema.uniqueItems === true && new Set(list.map((item) => JSON.stringify(item))).size < list.length) {
    return `${path}: holds an item twice`;
  }
  if (schema.items === undefined) return undefined;
  for (let index = 0; index < list.length; index++) {
    const found = misfit(judge, schema.items, list[index], `${path}/${index}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function wrongMembers(judge: Judge, schema: JsonSchema, value: unknown, path: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  const missing = schema.required?.find((key) => members[key] === undefined);
  if (missing !== undefined) return `${path}: ${missing} is missing`;
  for (const key of Object.keys(members)) {
    if (members[key] === undefined) continue;
    const found = wrongMember(judge, schema, key, members[key], `${path}/${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function wrongMember(
  judge: Judge,
  { properties, patternProperties, additionalProperties }: JsonSchema,
  key: string,
  member: unknown,
  path: string,
): string | undefined {
  let known = false;
  if (properties !== undefined && Object.hasOwn(properties, key)) {
    known = true;
    const found = misfit(judge, properties[key] as JsonSchema, member, path);
    if (found !== undefined) return found;
  }
  for (const pattern in patternProperties) {
    if (!patternOf(judge, pattern).test(key)) continue;
    known = true;
    const found = misfit(judge, patternProperties[pattern] as JsonSchema, member, path);
    if (found !== undefined) return found;
  }
  if (known || additionalProperties === undefined || additionalProperties === true) return undefined;
  return additionalProperties === false ? `${path}: is not known` : misfit(judge, additionalProperties, member, path);
}
