import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalog } from '../../library/catalog.ts';
import type { JsonSchema } from '../../schema/generate/json-schema.ts';
import { keyTable } from './key-table.ts';

const root = join(import.meta.dirname, '../..');

/** `docs/components/`: one page for each component, from its README and its schema, and a list of them. */
export async function componentPages(): Promise<Readonly<Record<string, string>>> {
  const pages = await Promise.all(
    catalog.map(async ({ use }) => [`docs/components/${use}.md`, await page(use)] as const),
  );
  const list = catalog.map(
    ({ use, title, role, licence, image }) =>
      `| [${use}](${use}.md) | ${role} | ${title} | ${image === '' ? '' : `\`${image}\``} | ${licence} |`,
  );
  const head = '# Components\n\n| `use` | Role | | Default image | Licence |\n| --- | --- | --- | --- | --- |\n';
  return { 'docs/components/INDEX.md': `${head}${list.join('\n')}\n`, ...Object.fromEntries(pages) };
}

async function page(use: string): Promise<string> {
  const readme = await readFile(join(root, 'library', use, 'README.md'), 'utf8');
  const schema = JSON.parse(await readFile(join(root, 'library', use, 'schema.json'), 'utf8')) as JsonSchema;
  const { $defs = {} } = JSON.parse(await readFile(join(root, 'schema/frame.schema.json'), 'utf8')) as JsonSchema;
  return `${readme}\n## Keys\n\n${keyTable(schema, { without: ['use'], defs: { ...$defs, ...schema.$defs } })}\n`;
}
