import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildCli } from './cli.ts';
import { buildDashboard } from './dashboard.ts';
import { finish, markStart } from './freshness.ts';

/** Builds what there is to build in `root` into `dist/`; returns one line per part. Throws what the bundler reports. */
export async function buildAll(root: string): Promise<readonly string[]> {
  const dist = join(root, 'dist');
  const mark = await markStart(dist);
  const parts: string[] = [];
  if (existsSync(join(root, 'cli/main.ts'))) parts.push(await buildCli(root, dist));
  if (existsSync(join(root, 'dashboard/main.tsx'))) parts.push(await buildDashboard(root, dist));
  await finish(dist, mark);
  return parts;
}
