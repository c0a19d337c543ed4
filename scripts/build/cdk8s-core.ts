import type { Plugin } from 'esbuild';

/**
 * Leaves out of the bundle what cdk8s loads and AutoGit never calls: its YAML reader and writer with the `yaml` package
 * of its own (114 kB), `helm`, `include`, `testing` and `cron`, and the modules of Node that only those and made-up names
 * need (12 ms of CPU to load). Objects are taken from it as JSON, with names. A call into one of them would fail at once:
 * they are empty.
 */
export const cdk8sCore: Plugin = {
  name: 'cdk8s-core',
  setup(build) {
    build.onResolve(
      { filter: /^(?:crypto|child_process|os|\.\/(?:yaml|helm|include|testing|cron))$/ },
      ({ path, importer }) =>
        /[\\/](?:cdk8s|constructs)[\\/]lib[\\/]/.test(importer) ? { path, namespace: 'cdk8s-core' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'cdk8s-core' }, () => ({
      contents: 'module.exports = {};',
      loader: 'js',
    }));
  },
};
