import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { build, type OutputFile } from 'esbuild';
import { cdk8sCore } from './cdk8s-core.ts';
import { replaceFile } from './replace-file.ts';

/** CommonJS packages inside the bundle call these three. Only parts that do get them: each `createRequire` costs a start. */
const commonJs = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  "import { dirname as dirnameOfBundle } from 'node:path';",
  "import { fileURLToPath as pathOfBundle } from 'node:url';",
  'const require = createRequireOfBundle(import.meta.url);',
  'const __filename = pathOfBundle(import.meta.url);',
  'const __dirname = dirnameOfBundle(__filename);',
].join('\n');

const KEEP_OLD_CHUNKS_MS = 7 * 24 * 3600 * 1000;

/**
 * Bundles `cli/main.ts` with everything it imports. What is reached by `import()` alone becomes a chunk that is read
 * when it is needed. Native parts of packages (`*.node`, `cpu-features`) are optional to them and stay outside.
 * Returns one line about the result.
 */
export async function buildCli(root: string, dist: string): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { autogit: 'cli/main.ts' },
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'linked',
    external: ['*.node', 'cpu-features'],
    plugins: [cdk8sCore],
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    logLevel: 'warning',
  });
  const entryLast = result.outputFiles.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const file of entryLast) await replaceFile(file.path, withCommonJs(file));
  await removeOldChunks(join(dist, 'chunks'), new Set(result.outputFiles.map((file) => basename(file.path))));
  const entry = result.outputFiles.find(isEntry);
  const kib = Math.round((entry?.contents.length ?? 0) / 1024);
  return `${relative(root, entry?.path ?? dist)}: ${kib} KiB and ${result.outputFiles.filter(isChunk).length} lazy parts`;
}

function withCommonJs(file: OutputFile): Uint8Array | string {
  const needed = file.path.endsWith('.mjs') && /\brequire\b|\b__(?:dirname|filename)\b/.test(file.text);
  return needed ? `${commonJs}\n${file.text}` : file.contents;
}

function isEntry(file: OutputFile): boolean {
  return basename(file.path) === 'autogit.mjs';
}

function isChunk(file: OutputFile): boolean {
  return file.path.endsWith('.mjs') && !isEntry(file);
}

/** A reconciler that started from an older build may still read its chunks, so they stay for a week. */
async function removeOldChunks(folder: string, current: ReadonlySet<string>): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (current.has(name)) continue;
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > KEEP_OLD_CHUNKS_MS) await rm(path, { force: true });
  }
}
