import type { BuildOptions } from 'esbuild';

/** What every bundle for Node has in common. Native parts of packages (`*.node`, `cpu-features`) are optional to them and stay outside. */
export const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  minify: true,
  external: ['*.node', 'cpu-features'],
  // cdk8s asks for its variable once an object; nothing in the environment may change what is rendered.
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.CDK8S_DISABLE_SORT': '"1"' },
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;
