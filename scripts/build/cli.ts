import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { type BuildResult, build, type OutputFile } from 'esbuild';
import { cdk8sCore } from './cdk8s-core.ts';
import { codeCacheOf } from './code-cache.ts';
import { dockerClient } from './docker-client.ts';
import { shared } from './options.ts';
import { buildQuick, partsApart } from './quick.ts';
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
 * Bundles the command line: `autogit.mjs` starts the quick part (`validate`, `compile`) with its code cache, and
 * everything else is a lazy part that is read when it is needed. Returns one line about the result.
 */
export async function buildCli(root: string, dist: string): Promise<string> {
  const chunks = join(dist, 'chunks');
  const apart = await buildApart(root, chunks);
  for (const file of apart.outputFiles) await replaceFile(file.path, withCommonJs(file));

  const quick = await buildQuick(root, (path) => fileOf(apart.metafile, path));
  await replaceFile(join(chunks, quick.name), quick.text);
  const cache = codeCacheOf(root, chunks, quick.name);
  await replaceFile(join(chunks, `${quick.name}.cache`), cache);

  await replaceFile(join(dist, 'autogit.mjs'), await buildStart(root, quick.name));
  const lazy = apart.outputFiles.map((file) => basename(file.path));
  await removeOldChunks(chunks, new Set([...lazy, quick.name, `${quick.name}.cache`]));
  const start = relative(root, join(dist, 'autogit.mjs'));
  return `${start}: ${kib(quick.text.length)} with ${kib(cache.length)} of code, and ${lazy.length} lazy parts`;
}

type Apart = BuildResult<{ write: false; metafile: true }>;

/** The lazy parts as modules that share what they have in common. */
async function buildApart(root: string, chunks: string): Promise<Apart> {
  return build({
    ...shared,
    absWorkingDir: root,
    entryPoints: [...(await partsApart(root))],
    outdir: chunks,
    outExtension: { '.js': '.mjs' },
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    legalComments: 'linked',
    metafile: true,
    plugins: [cdk8sCore, dockerClient],
  });
}

function fileOf(metafile: Apart['metafile'], path: string): string {
  const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === path);
  if (found === undefined) throw new Error(`${path} was not built`);
  return basename(found[0]);
}

async function buildStart(root: string, quick: string): Promise<string> {
  const { outputFiles } = await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: ['cli/start.ts'],
    bundle: false,
    external: [],
    format: 'esm',
    define: { QUICK_PART: JSON.stringify(quick) },
  });
  return outputFiles[0]?.text ?? '';
}

function withCommonJs(file: OutputFile): Uint8Array | string {
  const needed = file.path.endsWith('.mjs') && /\brequire\b|\b__(?:dirname|filename)\b/.test(file.text);
  return needed ? `${commonJs}\n${file.text}` : file.contents;
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
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
