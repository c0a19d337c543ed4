/**
 * Whether a value fits a JSON Schema, for the part of the language that AutoGit's own schema and the vendored ones of Compose
 * and Kubernetes use. Nothing is compiled and nothing is generated: reading the rules as data costs less than loading them as code.
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
  readonly propertyNames?: JsonSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Items are equal when they are the same text, number or truth value, or the same JSON with keys in the same order. */
  readonly uniqueItems?: boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  /** In units of UTF-16. */
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** Every keyword that is judged, and those that say nothing about a value. Another one would be a rule not applied. */
export const knownKeywords: readonly string[] = [
  ...['$ref', '$defs', 'type', 'properties', 'patternProperties', 'additionalProperties', 'required', 'items'],
  ...['propertyNames', 'minProperties', 'maxProperties', 'minItems', 'maxItems', 'uniqueItems', 'enum', 'const'],
  ...['anyOf', 'oneOf', 'minimum', 'maximum', 'multipleOf', 'maxLength', 'pattern'],
  ...['$schema', '$id', 'title', 'description', 'default', 'deprecated', 'format'],
];

/** A schema to judge by. What of it is needed is prepared when it is first met. */
export interface Judge {
  readonly root: JsonSchema;
  readonly rules: Map<JsonSchema, Rule>;
}

/** A schema with everything looked up: one form for all, so that reading it is quick. */
interface Rule {
  readonly schema: JsonSchema;
  /** Sum of the `kinds` that fit; 0 when all do. */
  readonly kinds: number;
  readonly pattern: RegExp | undefined;
  readonly required: readonly string[];
  readonly members: ReadonlyMap<string, JsonSchema>;
  readonly patterns: readonly { readonly pattern: RegExp; readonly schema: JsonSchema }[];
}

export function judgeBy(root: JsonSchema): Judge {
  return { root, rules: new Map() };
}

/**
 * The first way in which `value` does not fit, as one sentence that begins with the path (`/spec/replicas: …`);
 * undefined when it fits. `$ref` is looked up in `$defs` of the judge's schema. Members that are undefined are not there.
 */
export function misfit(judge: Judge, schema: JsonSchema, value: unknown): string | undefined {
  return faultsOf(judge, schema, value)
    ?.map(({ path, what }) => (path === '' ? what : `${path}: ${what}`))
    .join('; or ');
}

/** One fault, or one of each branch of `oneOf`. Paths are put together on the way back: nearly every value fits. */
type Faults = readonly { readonly path: string; readonly what: string }[] | undefined;

function fault(what: string): Faults {
  return [{ path: '', what }];
}

function below(key: string | number, faults: Faults): Faults {
  return faults?.map(({ path, what }) => ({ path: `/${key}${path}`, what }));
}

function faultsOf(judge: Judge, schema: JsonSchema, value: unknown): Faults {
  const rule = judge.rules.get(schema) ?? prepare(judge, schema);
  return (
    wrongValue(rule, value) ??
    wrongBranch(judge, rule, value) ??
    (Array.isArray(value) ? wrongItems(judge, rule, value) : wrongMembers(judge, rule, value))
  );
}

function prepare(judge: Judge, schema: JsonSchema): Rule {
  const rule = schema.$ref === undefined ? ruleOf(schema) : prepare(judge, definition(judge.root, schema.$ref));
  judge.rules.set(schema, rule);
  return rule;
}

function definition({ $defs = {} }: JsonSchema, reference: string): JsonSchema {
  const found = $defs[reference.slice('#/$defs/'.length)];
  if (found === undefined) throw new Error(`the schema has no ${reference}`);
  return found;
}

function ruleOf(schema: JsonSchema): Rule {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  return {
    schema,
    kinds: types.reduce((sum, type) => sum | (kinds[type] ?? 0), 0),
    pattern: schema.pattern === undefined ? undefined : new RegExp(schema.pattern),
    required: schema.required ?? [],
    members: new Map(Object.entries(schema.properties ?? {})),
    patterns: Object.entries(schema.patternProperties ?? {}).map(([pattern, member]) => ({
      pattern: new RegExp(pattern),
      schema: member,
    })),
  };
}

/** One bit for each type of JSON Schema. */
const kinds: Readonly<Record<string, number>> = {
  object: 1,
  array: 2,
  null: 4,
  string: 8,
  number: 16,
  integer: 32,
  boolean: 64,
};

/** All bits that a value fits. */
function kindsOf(value: unknown): number {
  if (typeof value === 'string') return 8;
  if (typeof value === 'number') return Number.isInteger(value) ? 16 | 32 : 16;
  if (typeof value === 'boolean') return 64;
  if (value === null) return 4;
  return Array.isArray(value) ? 2 : typeof value === 'object' ? 1 : 0;
}

function wrongValue({ schema, kinds, pattern }: Rule, value: unknown): Faults {
  if (kinds !== 0 && (kinds & kindsOf(value)) === 0) return fault(`is no ${[schema.type].flat().join(' or ')}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) return fault(`is none of ${schema.enum.join(', ')}`);
  if (schema.const !== undefined && schema.const !== value) return fault(`is not ${schema.const}`);
  if (typeof value === 'string') return wrongText(schema, pattern, value);
  return typeof value === 'number' ? wrongNumber(schema, value) : undefined;
}

function wrongText({ maxLength, pattern }: JsonSchema, compiled: RegExp | undefined, text: string): Faults {
  if (maxLength !== undefined && text.length > maxLength) return fault(`is longer than ${maxLength}`);
  return compiled === undefined || compiled.test(text) ? undefined : fault(`does not match ${pattern}`);
}

function wrongNumber({ minimum, maximum, multipleOf }: JsonSchema, value: number): Faults {
  if (minimum !== undefined && value < minimum) return fault(`is below ${minimum}`);
  if (maximum !== undefined && value > maximum) return fault(`is above ${maximum}`);
  if (multipleOf === undefined) return undefined;
  const times = value / multipleOf;
  return Math.abs(Math.round(times) - times) > 1e-6 ? fault(`is no multiple of ${multipleOf}`) : undefined;
}

function wrongBranch(judge: Judge, { schema: { anyOf, oneOf } }: Rule, value: unknown): Faults {
  if (anyOf !== undefined) {
    const { fitting, faults } = branches(judge, anyOf, value);
    if (fitting === 0) return faults;
  }
  if (oneOf === undefined) return undefined;
  const { fitting, faults } = branches(judge, oneOf, value);
  if (fitting === 1) return undefined;
  return fitting > 1 ? fault('fits more than one form') : faults;
}

function branches(judge: Judge, schemas: readonly JsonSchema[], value: unknown) {
  let fitting = 0;
  const faults: { readonly path: string; readonly what: string }[] = [];
  for (const branch of schemas) {
    const found = faultsOf(judge, branch, value);
    if (found === undefined) fitting += 1;
    else faults.push(...found);
  }
  return { fitting, faults };
}

function wrongItems(judge: Judge, { schema }: Rule, list: readonly unknown[]): Faults {
  const { uniqueItems, items, minItems = 0, maxItems = list.length } = schema;
  if (list.length < minItems) return fault(`has fewer than ${minItems} items`);
  if (list.length > maxItems) return fault(`has more than ${maxItems} items`);
  if (uniqueItems === true && hasTwice(list)) return fault('holds an item twice');
  if (items === undefined) return undefined;
  for (let index = 0; index < list.length; index++) {
    const found = faultsOf(judge, items, list[index]);
    if (found !== undefined) return below(index, found);
  }
  return undefined;
}

function hasTwice(list: readonly unknown[]): boolean {
  return list.length > 1 && new Set(list.map((item) => JSON.stringify(item))).size < list.length;
}

function wrongMembers(judge: Judge, rule: Rule, value: unknown): Faults {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  for (const key of rule.required) if (members[key] === undefined) return fault(`${key} is missing`);
  const { propertyNames, minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = rule.schema;
  let count = 0;
  for (const key in members) {
    const member = members[key];
    if (member === undefined) continue;
    count += 1;
    const found =
      (propertyNames === undefined ? undefined : faultsOf(judge, propertyNames, key)) ??
      wrongMember(judge, rule, key, member);
    if (found !== undefined) return below(key, found);
  }
  if (count < minProperties) return fault(`has fewer than ${minProperties} members`);
  return count > maxProperties ? fault(`has more than ${maxProperties} members`) : undefined;
}

function wrongMember(judge: Judge, { members, patterns, schema }: Rule, key: string, member: unknown): Faults {
  const own = members.get(key);
  let known = own !== undefined;
  const wrong = own === undefined ? undefined : faultsOf(judge, own, member);
  if (wrong !== undefined) return wrong;
  for (let at = 0; at < patterns.length; at += 1) {
    const other = patterns[at];
    if (other === undefined || !other.pattern.test(key)) continue;
    known = true;
    const found = faultsOf(judge, other.schema, member);
    if (found !== undefined) return found;
  }
  if (known) return undefined;
  const { additionalProperties = true } = schema;
  if (additionalProperties === true) return undefined;
  return additionalProperties === false ? fault('is not known') : faultsOf(judge, additionalProperties, member);
}
