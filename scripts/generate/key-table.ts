import type { JsonSchema } from '../../schema/generate/json-schema.ts';

export interface KeyTableOptions {
  /** Keys that are left out. */
  readonly without?: readonly string[];
  /** Shared parts of the schema: with them the keys of objects below stand in the table too (`volumes.<id>.path`). */
  readonly defs?: Readonly<Record<string, JsonSchema>>;
}

/** A Markdown table of the keys of an object and of the objects in it: what each means, its default, an example. */
export function keyTable(schema: JsonSchema, { without = [], defs }: KeyTableOptions = {}): string {
  const rows = rowsOf(schema, { prefix: '', without, defs });
  return ['| Key | Meaning | Default | Example |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

interface Place {
  readonly prefix: string;
  readonly without: readonly string[];
  readonly defs: KeyTableOptions['defs'];
}

/** What is the same wherever it stands has a table of its own on the page of the platform file. */
const elsewhere = ['#/$defs/limits', '#/$defs/health'];

function rowsOf(schema: JsonSchema, { prefix, without, defs }: Place): readonly string[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {})
    .filter(([key]) => !without.includes(key))
    .flatMap(([key, each]) => {
      const name = `${prefix}${key}`;
      const value = required.has(key) ? 'must be there' : code(each.default);
      const row = `| \`${name}\` | ${text(each.description)} | ${value} | ${code(each.examples?.[0])} |`;
      const below = defs === undefined || elsewhere.includes(each.$ref ?? '') ? undefined : objectIn(each, defs);
      if (below === undefined) return [row];
      return [row, ...rowsOf(below.schema, { prefix: `${name}${below.way}.`, without: [], defs })];
    });
}

/** What the keys of a map are called. */
const words: Readonly<Record<string, string>> = { '#/$defs/dnsLabel': 'id', '#/$defs/gpuVendor': 'vendor' };

interface Below {
  readonly schema: JsonSchema;
  /** From the key to the object: through an id, an entry of a list, or nothing. */
  readonly way: string;
}

/** The object that a value may be in its long form, alone, by id or in a list; undefined when it has no keys of its own. */
function objectIn(schema: JsonSchema, defs: Readonly<Record<string, JsonSchema>>): Below | undefined {
  if (schema.properties !== undefined) return { schema, way: '' };
  if (schema.$ref !== undefined) {
    const target = defs[schema.$ref.replace('#/$defs/', '')];
    return target && objectIn(target, defs);
  }
  const inner = (of: JsonSchema | undefined, way: string): Below | undefined => {
    const found = of && objectIn(of, defs);
    return found && { schema: found.schema, way: `${way}${found.way}` };
  };
  if (typeof schema.additionalProperties === 'object')
    return inner(schema.additionalProperties, `.<${words[schema.propertyNames?.$ref ?? ''] ?? 'name'}>`);
  if (schema.items !== undefined) return inner(schema.items, '[]');
  return schema.anyOf?.map((branch) => objectIn(branch, defs)).find((found) => found !== undefined);
}

/** `<` would begin an HTML tag. */
function text(description = ''): string {
  // In a code span a backslash would be shown.
  const parts = description.split('`');
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part)).join('`');
}

/** A value as it stands in the file, in flow style. */
function code(value: unknown): string {
  if (value === undefined || JSON.stringify(value) === '{}' || JSON.stringify(value) === '[]') return '';
  return `\`${flow(value)}\``;
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'string') return value.includes('\n') ? JSON.stringify(value) : value;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${key}: ${flow(member)}`)
    .join(', ')} }`;
}
