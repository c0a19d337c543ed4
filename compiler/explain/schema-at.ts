/** The parts of JSON Schema that the published schema of the language is made of. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** What the schema says of one key. */
export interface SchemaEntry {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples: readonly unknown[];
  /** The only values that there are. */
  readonly known: readonly unknown[];
  /** The component whose key it is: `gitea`; absent for keys of the language itself. */
  readonly component?: string;
  /** Keys that may stand below it. */
  readonly keys: readonly string[];
}

/**
 * What the schema says of the key that `segments` lead to, or undefined when there is no such key. `value` is the file
 * in its long form: where a part can be one of several components, its `use` tells which.
 */
export function schemaAt(root: JsonSchema, segments: readonly string[], value: unknown): SchemaEntry | undefined {
  let nodes: readonly Found[] = [{ schema: root }];
  let here = value;
  for (const segment of segments) {
    nodes = nodes.flatMap((node) => open(root, node, here)).flatMap((node) => below(node, segment));
    if (nodes.length === 0) return undefined;
    here = member(here, segment);
  }
  const all = nodes.flatMap((node) => open(root, node, here));
  const [first] = nodes;
  if (first === undefined) return undefined;
  const texts = [...nodes, ...all].map(({ schema }) => schema);
  const component = all.find((node) => node.component !== undefined)?.component;
  return {
    ...optional('description', texts.find(({ description }) => description !== undefined)?.description),
    ...optional('default', texts.find((schema) => schema.default !== undefined)?.default),
    ...optional('component', component),
    examples: texts.find(({ examples }) => examples !== undefined)?.examples ?? [],
    known: [
      ...new Set(
        texts.flatMap((schema) => [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])]),
      ),
    ],
    keys: [...new Set(all.flatMap(({ schema }) => Object.keys(schema.properties ?? {})))].sort(),
  };
}

interface Found {
  readonly schema: JsonSchema;
  readonly component?: string;
}

/** A schema and what its references and branches are, as far as they fit the value. */
function open(root: JsonSchema, found: Found, value: unknown): readonly Found[] {
  const { schema } = found;
  const name = schema.$ref?.replace('#/$defs/', '');
  const target = name === undefined ? undefined : root.$defs?.[name];
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const fitting = branches.filter((branch) => fits(root, branch, value));
  // A fragment of a component is called `<role>-<component>`, and no other shared schema says what it is used for.
  const component = target?.properties?.use?.const ?? (name === 'service-service' ? 'service' : undefined);
  return [
    found,
    ...(target === undefined
      ? []
      : open(
          root,
          { schema: target, ...optional('component', (component as string | undefined) ?? found.component) },
          value,
        )),
    ...fitting.flatMap((branch) => open(root, { ...found, schema: branch }, value)),
  ];
}

function fits(root: JsonSchema, branch: JsonSchema, value: unknown): boolean {
  const target = branch.$ref === undefined ? branch : root.$defs?.[branch.$ref.replace('#/$defs/', '')];
  const use = target?.properties?.use?.const;
  return use === undefined || member(value, 'use') === undefined || member(value, 'use') === use;
}

function below({ schema, component }: Found, segment: string): readonly Found[] {
  const { properties = {}, additionalProperties, items } = schema;
  const next = Object.hasOwn(properties, segment)
    ? properties[segment]
    : typeof additionalProperties === 'object'
      ? additionalProperties
      : /^\d+$/.test(segment)
        ? items
        : undefined;
  return next === undefined ? [] : [{ schema: next, ...optional('component', component) }];
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
