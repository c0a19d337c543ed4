import type { BuildOptions } from 'esbuild';

/** What every bundle for Node has in common. Native parts of packages (`*.node`, `cpu-features`) are optional to them and stay outside. */
export const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  minify: true,
  external: ['*.node', 'cpu-features'],
  define: { 'process.env.NODE_ENV': '"production"' },
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;
