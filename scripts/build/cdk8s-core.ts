import type { Plugin } from 'esbuild';

/**
 * Leaves out of the bundle what cdk8s loads and AutoGit never calls: its YAML reader and writer with the `yaml` package
 * of its own (114 kB), `helm`, `include`, `testing` and `cron`, and the modules of Node that only those and made-up names
 * need (12 ms of CPU to load). Objects are taken from it as JSON, with names. A call into one of them would fail at once:
 * they are empty.
 *
 * `resolve` asks every leaf whether it is a lazy value, a token or a union of classes, and `sanitizeValue` copies every
 * object, twice what is in `metadata`, to sort its keys and to leave out what is undefined. AutoGit gives plain values,
 * and its serialiser sorts and leaves out, so the bundle's hand back what they get, metadata without empty members (10 ms
 * of CPU for 50 objects, a fifth of a compile of 6,000). For each object `checkLeaves` proves that what came out is what
 * went in.
 */
export const cdk8sCore: Plugin = {
  name: 'cdk8s-core',
  setup(build) {
    const unused = /^(?:crypto|child_process|os|\.\/(?:_util|yaml|helm|include|testing|cron|resolve))$/;
    build.onResolve({ filter: unused }, ({ path, importer }) =>
      /[\\/](?:cdk8s|constructs)[\\/]lib[\\/]/.test(importer) ? { path, namespace: 'cdk8s-core' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'cdk8s-core' }, ({ path }) => ({
      contents: replaced[path] ?? 'module.exports = {};',
      loader: 'js',
    }));
  },
};

const replaced: Readonly<Record<string, string>> = {
  './resolve': `
exports.resolve = (key, value) => value;
exports.LazyResolver = exports.ImplicitTokenResolver = exports.NumberStringUnionResolver = class {};
`,
  './_util': `
const isEmpty = (value) => value == null || (typeof value === 'object' && Object.keys(value).length === 0);
exports.sanitizeValue = (value, { filterEmptyObjects } = {}) => {
  if (!filterEmptyObjects) return value;
  const filled = {};
  for (const key of Object.keys(value)) if (!isEmpty(value[key])) filled[key] = value[key];
  return filled;
};
`,
};
