/** Prints what each wrong file is told, by its name, as JSON; the last file is looked at first. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toldOf } from './told-of.ts';

const folder = join(import.meta.dirname, 'wrong');
const told: Record<string, string> = {};
for (const file of readdirSync(folder).reverse()) {
  if (file.endsWith('.yaml'))
    told[file.replace(/\.yaml$/, '')] = await toldOf(readFileSync(join(folder, file), 'utf8'));
}
console.log(JSON.stringify(told));
