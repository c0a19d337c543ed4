/** `npm run build`: the command line as one bundle with lazy parts (`dist/autogit.mjs`) and the dashboard's files (`dist/dashboard/`). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildCli } from './build/cli.ts';
import { buildDashboard } from './build/dashboard.ts';
import { finish, markStart } from './build/freshness.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

const quiet = process.argv.includes('--quiet');
const startedMs = performance.now();
const mark = await markStart(dist);
const parts: string[] = [];
if (existsSync(join(root, 'cli/main.ts'))) parts.push(await buildCli(root, dist));
if (existsSync(join(root, 'dashboard/main.tsx'))) parts.push(await buildDashboard(root, dist));
await finish(dist, mark);
if (!quiet) {
  for (const line of parts) console.log(line);
  console.log(`built in ${Math.round(performance.now() - startedMs)} ms`);
}
