import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonSchema } from '../../schema/generate/json-schema.ts';
import { keyTable } from './key-table.ts';

const frame = join(import.meta.dirname, '../../schema/frame.schema.json');

const intro = `# The platform file

\`autogit.yaml\` is YAML; merge keys and tags are errors. \`name\` and \`domain\` must be there, the rest is as large
as the platform. A key that is not listed here is an error. What stands under \`services\` and
under roles such as \`forge\`, \`database\` and \`certificates\` is on the pages of the [components](components/INDEX.md),
\`environments\` and \`patches\` in [a guide](guides/environments-and-patches.md); whole files are in [examples](../examples/).

A name alone is the short form of its object: \`forge: gitea\` is \`forge: { use: gitea }\`. Durations bear one unit (\`30s\`, \`10m\`,
\`2h\`, \`1d\`), sizes a binary one (\`512Mi\`, \`4Gi\`).`;

/** Where each object stands, its heading, and its schema in the frame. */
const parts: readonly (readonly [heading: string, find: (schema: JsonSchema) => JsonSchema | undefined])[] = [
  ['The file', (schema) => schema],
  ['`gitops`', (schema) => schema.properties?.gitops],
  ['`gitops.prune`', (schema) => schema.properties?.gitops?.properties?.prune],
  ['`runners.<id>`', (schema) => schema.$defs?.runnerPool],
  ['`runners.<id>.size`', (schema) => schema.$defs?.runnerPool?.properties?.size],
  ['`limits`, wherever it stands', (schema) => schema.$defs?.limits],
  ['`hosts.<id>`', (schema) => schema.$defs?.hostSpec],
  ['`secrets.<id>`', (schema) => schema.$defs?.secretSource],
  ['`cluster`', (schema) => schema.properties?.cluster],
  ['`services.<id>.health`', (schema) => schema.$defs?.health],
  ['`services.<id>.ports.<name>`', (schema) => schema.$defs?.portSpec],
  ['`services.<id>.stop`', (schema) => schema.$defs?.stop],
];

/** `docs/platform-file.md`: every key of the frame, as the schema describes it. */
export async function platformFilePage(): Promise<Readonly<Record<string, string>>> {
  const schema = JSON.parse(await readFile(frame, 'utf8')) as JsonSchema;
  const sections = parts.map(([heading, find]) => section(heading, find(schema), schema.$defs));
  return { 'docs/platform-file.md': `${[intro, ...sections].join('\n\n')}\n` };
}

/** What has a heading of its own is not told in the table above it. */
const split = ['The file', '`gitops`', '`runners.<id>`'];

function section(heading: string, schema: JsonSchema | undefined, defs: JsonSchema['$defs'] = {}): string {
  if (schema?.properties === undefined) throw new TypeError(`the schema has no ${heading}`);
  return [`## ${heading}`, schema.description ?? '', keyTable(schema, split.includes(heading) ? {} : { defs })].join(
    '\n\n',
  );
}
