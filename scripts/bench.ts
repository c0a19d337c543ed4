/**
 * `npm run bench`: builds, then runs the measurements of `bench/*.ts` one after the other. Names run those alone:
 * `npm run bench -- compile`. Everything after the first option goes to the measurement: `npm run bench -- compile --rounds 5`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build/build-all.ts';

const root = join(import.meta.dirname, '..');
const known = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length));
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('-'));
const names = firstOption === -1 ? args : args.slice(0, firstOption);
const options = firstOption === -1 ? [] : args.slice(firstOption);
const unknown = names.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  console.error(`autogit: there is no measurement called ${unknown.join(', ')}; known: ${known.join(', ')}`);
  process.exitCode = 64;
} else {
  await buildAll(root);
  for (const name of names.length > 0 ? names : known) {
    console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 100 - name.length))}`);
    const { status } = spawnSync(process.execPath, [join(root, 'bench', `${name}.ts`), ...options], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
}
