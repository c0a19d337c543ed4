import { defineConfig } from 'vitest/config';
import { suites } from './tests/suites.ts';

export default defineConfig({
  test: {
    projects: suites.map(({ name, include, exclude, real }) => ({
      test: {
        name,
        include: [...include],
        exclude: ['**/node_modules/**', ...exclude],
        environment: 'node',
        fileParallelism: !real,
        testTimeout: real ? 300_000 : 60_000,
        hookTimeout: real ? 300_000 : 60_000,
      },
    })),
  },
});
