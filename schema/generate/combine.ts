import { type JsonSchema, mapSchema, omit } from './json-schema.ts';

/** Frame and fragments as one schema that still carries AutoGit's annotations. */
export interface Language {
  readonly schema: JsonSchema;
  readonly defs: Readonly<Record<string, JsonSchema>>;
}

/**
 * Puts every component's fragment into `$defs` as `<role>-<component>` and the choice between them at its role's place:
 * the name alone, or a map with `use`. A role whose fragment has no `use` (services) is the fragment itself.
 */
export function combine(frame: JsonSchema, fragments: Readonly<Record<string, JsonSchema>>): Language {
  const components = Object.entries(fragments).sort(([a], [b]) => (a < b ? -1 : 1));
  const defs: Record<string, JsonSchema> = { ...frame.$defs };
  for (const [name, fragment] of components) {
    defs[`${fragment['x-role']}-${name}`] = omit(fragment, ['$schema', '$id', 'x-role']);
  }
  const place = (schema: JsonSchema): JsonSchema => {
    const role = schema['x-role'];
    if (role === undefined) return schema;
    const filling = components.filter(([, fragment]) => fragment['x-role'] === role);
    return { ...omit(schema, ['x-role']), ...choice(role, filling) };
  };
  const schema = mapSchema({ ...frame, $defs: defs }, place);
  return { schema, defs: schema.$defs ?? {} };
}

function choice(role: string, filling: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  const [first] = filling;
  if (first === undefined) throw new Error(`no component of library/ fills the role ${role}`);
  const refs = filling.map(([name]) => ({ $ref: `#/$defs/${role}-${name}` }));
  if (first[1].properties?.use === undefined) return refs[0] as JsonSchema;
  const uses = filling.map(([name]) => name);
  return { anyOf: [{ type: 'string', enum: uses, 'x-long': 'use' }, { oneOf: refs }] };
}
