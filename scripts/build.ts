/** `npm run build`: the command line as one bundle with lazy parts (`dist/autogit.mjs`) and the dashboard's files (`dist/dashboard/`). */
import { join } from 'node:path';
import { buildAll } from './build/build-all.ts';

const startedMs = performance.now();
const parts = await buildAll(join(import.meta.dirname, '..'));
if (!process.argv.includes('--quiet')) {
  for (const line of parts) console.log(line);
  console.log(`built in ${Math.round(performance.now() - startedMs)} ms`);
}
