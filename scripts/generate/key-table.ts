import type { JsonSchema } from '../../schema/generate/json-schema.ts';

/** A Markdown table of the keys of an object: what each means, its default, an example. Keys in `without` are left out. */
export function keyTable(schema: JsonSchema, without: readonly string[] = []): string {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {})
    .filter(([key]) => !without.includes(key))
    .map(
      ([key, each]) =>
        `| \`${key}\` | ${text(each.description)} | ${required.has(key) ? 'must be there' : code(each.default)} | ${code(each.examples?.[0])} |`,
    );
  return ['| Key | Meaning | Default | Example |', '| --- | --- | --- | --- |', ...rows].join('\n');
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
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${key}: ${flow(member)}`)
    .join(', ')} }`;
}
