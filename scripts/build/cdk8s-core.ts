import type { Plugin } from 'esbuild';

/**
 * Leaves out of the bundle what cdk8s loads and AutoGit never calls: its YAML reader and writer with the `yaml` package
 * of its own (114 kB), `helm`, `include`, `testing` and `cron`, and the modules of Node that only those and made-up names
 * need (12 ms of CPU to load). Objects are taken from it as JSON, with names. A call into one of them would fail at once:
 * they are empty.
 *
 * `resolve` asks every leaf whether it is a lazy value, a token or a union of classes. AutoGit gives plain values, which
 * it hands back as they are, so the bundle's does that alone (10 ms of CPU for 50 objects). For each object `checkLeaves`
 * proves that what came out is what went in.
 */
export const cdk8sCore: Plugin = {
  name: 'cdk8s-core',
  setup(build) {
    const unused = /^(?:crypto|child_process|os|\.\/(?:yaml|helm|include|testing|cron|resolve))$/;
    build.onResolve({ filter: unused }, ({ path, importer }) =>
      /[\\/](?:cdk8s|constructs)[\\/]lib[\\/]/.test(importer) ? { path, namespace: 'cdk8s-core' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'cdk8s-core' }, ({ path }) => ({
      contents: path === './resolve' ? plainResolve : 'module.exports = {};',
      loader: 'js',
    }));
  },
};

const plainResolve = `
exports.resolve = (key, value) => value;
exports.LazyResolver = exports.ImplicitTokenResolver = exports.NumberStringUnionResolver = class {};
`;
