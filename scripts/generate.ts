/** `npm run generate`: writes every generated file. `--check` writes nothing and ends with 2 when one is not up to date. */
import { join } from 'node:path';
import { staleFiles, writeFiles } from './generate/files.ts';
import { generateAll } from './generate/generators.ts';

const root = join(import.meta.dirname, '..');
const files = await generateAll();
const stale = await staleFiles(root, files);
for (const { path, state } of stale) console.log(`${state}: ${path}`);
if (process.argv.includes('--check')) {
  if (stale.length > 0) console.error(`autogit: ${stale.length} generated files differ; run \`npm run generate\``);
  process.exitCode = stale.length > 0 ? 2 : 0;
} else {
  await writeFiles(root, files, stale);
  console.log(`${Object.keys(files).length} generated files, ${stale.length} written`);
}
