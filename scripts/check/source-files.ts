import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

const skippedFolders = new Set(['node_modules', '.git', '.tools', '.autogit', 'dist', 'rendered', 'coverage']);
const skippedPaths = new Set(['tests/artifacts', 'tests/golden', 'examples']);
const sourceName = /\.(ts|tsx|mts|mjs|cjs)$/;

/** Every source file below `root`, generated ones too, relative and sorted. Written by hand or not: see `isGenerated`. */
export async function sourceFiles(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(root, path);
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name) && !skippedPaths.has(name)) await walk(path);
      } else if (sourceName.test(entry.name)) found.push(name);
    }
  };
  await walk(root);
  return found.sort();
}

/** Whether a program wrote this file. */
export function isGenerated(path: string): boolean {
  return path === 'schema/spec.ts' || path.includes('.generated.');
}
