import type { Plugin } from 'esbuild';

/**
 * Leaves out of the bundle what cdk8s loads and AutoGit never calls: its YAML reader and writer with the `yaml` package
 * of its own (114 kB), `helm`, `include`, `testing` and `cron`. Objects are taken from it as JSON. A call into one of them
 * would fail at once: they are empty.
 */
export const cdk8sCore: Plugin = {
  name: 'cdk8s-core',
  setup(build) {
    build.onResolve({ filter: /^(?:yaml|\.\/(?:helm|include|testing|cron))$/ }, ({ path, importer }) =>
      /[\\/]cdk8s[\\/]lib[\\/]/.test(importer) ? { path, namespace: 'cdk8s-core' } : undefined,
    );
    // `yaml.js` sets options of the package when it is loaded.
    build.onLoad({ filter: /.*/, namespace: 'cdk8s-core' }, () => ({
      contents: 'module.exports = { defaultOptions: {}, scalarOptions: { str: {} }, strOptions: { fold: {} } };',
      loader: 'js',
    }));
  },
};
