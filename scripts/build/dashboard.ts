import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { build } from 'esbuild';
import { replaceFile } from './replace-file.ts';

const copied = new Set(['.css', '.svg', '.html', '.webmanifest', '.woff2']);

/** Bundles `dashboard/main.tsx` into `dist/dashboard/dashboard.js` and copies the page's other files. Returns one line about it. */
export async function buildDashboard(root: string, dist: string): Promise<string> {
  const source = join(root, 'dashboard');
  const target = join(dist, 'dashboard');
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['dashboard/main.tsx'],
    outfile: join(target, 'dashboard.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'eof',
    write: false,
    logLevel: 'warning',
  });
  let bytes = 0;
  for (const file of result.outputFiles) {
    await replaceFile(file.path, file.contents);
    bytes += file.contents.length;
  }
  for (const name of (await readdir(source)).filter((file) => copied.has(extname(file)))) {
    const contents = await readFile(join(source, name));
    await replaceFile(join(target, name), contents);
    bytes += contents.length;
  }
  return `dist/dashboard: ${Math.round(bytes / 1024)} KiB`;
}
