import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { cdk8sCore } from './cdk8s-core.ts';
import { shared } from './options.ts';

/**
 * The quick part: what `validate` and `compile` need on every run, in one CommonJS script. One script can carry V8's code
 * cache with every function that a run uses; modules can carry only what is compiled before they run.
 */
export interface Quick {
  /** Name without folder; holds a digest of the text, so that a code cache never meets another text. */
  readonly name: string;
  /** One expression: a function of `require`, of what loads a part apart by its name, and of `module`. Plain ASCII, so that it is read without decoding. */
  readonly text: string;
}

/** Modules behind an `import()` that belong to the quick part. All others stay apart, each behind its `import()`. */
const inside = new Set([
  'cli/validate.ts',
  'cli/compile.ts',
  'compiler/compose/target.ts',
  'compiler/kubernetes/target.ts',
]);

/** The modules that the quick part loads only when it needs them, relative to `root`. */
export async function partsApart(root: string): Promise<readonly string[]> {
  const found = new Set<string>();
  await bundle(root, (path) => {
    found.add(path);
    return 'apart';
  });
  return [...found].sort();
}

/** Builds the quick part; `fileOf` says where each module apart was built to, as a name in the same folder. */
export async function buildQuick(root: string, fileOf: (path: string) => string): Promise<Quick> {
  const text = `(function(require,load,module){${withLoad(await bundle(root, fileOf))}\n})`;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return { name: `quick-${digest}.cjs`, text };
}

/**
 * Outside modules only the one that was loaded by Node itself may import without a warning, so it hands in how. A JSON file
 * was built to a module, which is imported without its type.
 */
function withLoad(text: string): string {
  return text.replaceAll(/\bimport\(("\.\/[^"]+")(?:,\s*\{\s*with:\s*\{\s*type:\s*"json"\s*\}\s*\})?\)/g, 'load($1)');
}

async function bundle(root: string, fileOf: (path: string) => string): Promise<string> {
  const { outputFiles } = await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
    format: 'cjs',
    charset: 'ascii',
    legalComments: 'none',
    plugins: [apart(root, fileOf), cdk8sCore, lateCrypto, jsonAsText],
  });
  return outputFiles[0]?.text ?? '';
}

function apart(root: string, fileOf: (path: string) => string): Plugin {
  return {
    name: 'apart',
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
        const module = relative(root, resolve(resolveDir, path));
        if (kind !== 'dynamic-import' || inside.has(module)) return undefined;
        return { path: `./${fileOf(module)}`, external: true };
      });
    },
  };
}

/** `node:crypto` takes a fifth of the time that Node takes to start, and a file without digests never calls it. */
const lateCrypto: Plugin = {
  name: 'late-crypto',
  setup(build) {
    build.onResolve({ filter: /^node:crypto$/ }, ({ path }) => ({ path, namespace: 'late-crypto' }));
    build.onLoad({ filter: /.*/, namespace: 'late-crypto' }, () => ({
      contents: [
        "export const createHash = (name) => process.getBuiltinModule('node:crypto').createHash(name);",
        "export const hash = (name, ...rest) => process.getBuiltinModule('node:crypto').hash(name, ...rest);",
      ].join('\n'),
      loader: 'js',
    }));
  },
};

/** A large JSON file is read faster as a text by `JSON.parse` than as an expression by the compiler. */
const jsonAsText: Plugin = {
  name: 'json-as-text',
  setup(build) {
    build.onLoad({ filter: /[\\/]schema[\\/][^\\/]+\.json$/ }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};
