import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

/**
 * A small house of its own in a temporary folder: `files` (path → text), with this project's settings. It goes when
 * the test ends. Returns its path.
 */
export async function plantHouse(files: Readonly<Record<string, string>>): Promise<string> {
  const house = await mkdtemp(join(tmpdir(), 'autogit-house-'));
  onTestFinished(() => rm(house, { recursive: true, force: true }));
  for (const name of ['package.json', 'tsconfig.json', 'biome.json', 'scripts/check/pure.grit']) {
    await mkdir(dirname(join(house, name)), { recursive: true });
    await cp(join(root, name), join(house, name));
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true });
    await writeFile(join(house, path), text);
  }
  return house;
}

/** An npm package that can be resolved from the planted house. */
export function plantedPackage(name: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    [`node_modules/${name}/index.js`]: 'module.exports = {};\n',
  };
}
