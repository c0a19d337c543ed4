import { join } from 'node:path';
import { checkImports } from './imports.ts';
import { checkLicences } from './licences.ts';
import { programOf, runNode } from './program.ts';
import type { Check } from './run-checks.ts';
import { checkSizes } from './sizes.ts';

/** Every check, the slowest first so that it never starts last. */
export const checks: readonly Check[] = [
  {
    name: 'types',
    about: 'TypeScript, strict',
    run: ({ root }) =>
      runNode(root, programOf(root, 'tsc'), [
        ...['--noEmit', '--pretty', 'false', '-p', '.'],
        ...['--incremental', '--tsBuildInfoFile', join(root, '.tools', 'types.tsbuildinfo')],
      ]),
  },
  {
    name: 'imports',
    about: 'who may import whom, no cycles, no orphans',
    run: checkImports,
  },
  {
    name: 'dead-code',
    about: 'unused files, exports, types and packages',
    run: ({ root }) => runNode(root, programOf(root, 'knip'), ['--no-progress', '--no-config-hints']),
  },
  {
    name: 'generated',
    about: 'generated files are what the generators write',
    fixes: true,
    run: ({ root, fix }) => runNode(root, join(root, 'scripts/generate.ts'), fix ? [] : ['--check']),
  },
  {
    name: 'style',
    about: 'format, lint, purity of the deciding folders',
    fixes: true,
    run: ({ root, fix }) =>
      runNode(root, programOf(root, 'biome'), [
        ...['check', '--colors=off', '--max-diagnostics=60', '--error-on-warnings'],
        ...(fix ? ['--write'] : []),
        '.',
      ]),
  },
  {
    name: 'licences',
    about: 'what is built in may be, and every image has a known licence',
    run: checkLicences,
  },
  {
    name: 'sizes',
    about: 'no source file over 400 lines',
    run: checkSizes,
  },
];
