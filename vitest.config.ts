import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { suites } from './tests/suites.ts';

export default defineConfig({
  test: {
    // Most of the time goes into waiting for programs and timers, so more files than cores run at once.
    maxWorkers: Math.max(4, availableParallelism()),
    projects: suites.map(({ name, include, exclude, real, retries }) => ({
      test: {
        name,
        include: [...include],
        exclude: ['**/node_modules/**', ...exclude],
        environment: 'node',
        // The command line is compared with plain text, whatever the shell of the tests asks for.
        env: { FORCE_COLOR: '0' },
        fileParallelism: !real,
        retry: process.env.CI === 'true' ? retries : 0,
        testTimeout: real ? 300_000 : 180_000,
        hookTimeout: real ? 300_000 : 180_000,
      },
    })),
  },
});
