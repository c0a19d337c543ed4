import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildCli } from '../build/cli.ts';
import { buildDashboard } from '../build/dashboard.ts';

/** What a folder that this made has in it, and no other one. */
const parts = ['Dockerfile', 'autogit', 'bin'];

/**
 * Builds the context of `deploy/image/Dockerfile` in `output`: the Dockerfile, `bin/autogit` and the folder `autogit` with
 * bundle, dashboard, licence and filler images. Returns its absolute path. Throws for a folder with something else in it,
 * and what the bundler reports.
 */
export async function assembleImage(root: string, output: string): Promise<string> {
  const folder = resolve(output);
  await clear(folder);
  const program = join(folder, 'autogit');
  await mkdir(join(folder, 'bin'), { recursive: true });
  await buildCli(root, program);
  await buildDashboard(root, program);
  const source = join(root, 'deploy/image');
  await cp(join(source, 'Dockerfile'), join(folder, 'Dockerfile'));
  await cp(join(source, 'autogit'), join(folder, 'bin/autogit'));
  await chmod(join(folder, 'bin/autogit'), 0o755);
  await cp(join(root, 'LICENSE'), join(program, 'LICENSE'));
  const filler = join(root, 'dist/filler');
  if (existsSync(filler)) await cp(filler, join(program, 'filler'), { recursive: true });
  return folder;
}

/** Old parts of the bundle must not come along. */
async function clear(folder: string): Promise<void> {
  const found = existsSync(folder) ? await readdir(folder) : [];
  const strange = found.find((name) => !parts.includes(name));
  if (strange !== undefined)
    throw new Error(`${folder} has ${strange} in it, which is no part of an image: name an empty folder with --output`);
  for (const name of found) await rm(join(folder, name), { recursive: true });
}
