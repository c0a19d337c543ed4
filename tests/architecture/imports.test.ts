import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cruiseImports } from '../../scripts/check/imports.ts';
import { productFolders, rooms } from '../../scripts/check/rooms.ts';
import { sourceFiles } from '../../scripts/check/source-files.ts';
import { plantedPackage, plantHouse } from './planted-house.ts';

const root = join(import.meta.dirname, '../..');
const inHouse = /^(schema|compiler|library|reconciler|cli|dashboard|bench|scripts|tests)\//;

/** Rule names and the file at fault, for example `room:compiler-read compiler/read/a.ts`. */
async function violationsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { summary } = await cruiseImports(await plantHouse(files));
  return summary.violations.map(({ rule, from }) => `${rule.name} ${from}`).sort();
}

const value = 'export const value = 1;\n';
const use = (path: string): string => `import { value } from '${path}';\nexport const other = value;\n`;

const house = cruiseImports(root);

describe('the import checker sees the whole house', () => {
  it('reads every source file that git knows or would add', async () => {
    const { modules } = await house;
    const seen = new Set(modules.map(({ source }) => source));
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    const there = new Set(await sourceFiles(root));
    const sources = listed.split('\n').filter((path) => inHouse.test(path) && there.has(path));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((path) => !seen.has(path))).toEqual([]);
  });

  it('follows imports of types, which vanish when the code runs', async () => {
    const { modules } = await house;
    const target = modules.find(({ source }) => source === 'compiler/model/target.ts');
    expect(target?.dependencies.map(({ resolved }) => resolved)).toContain('schema/diagnostic.ts');
  });

  it('has a room for every file of the product', async () => {
    const product = (await sourceFiles(root)).filter((path) =>
      productFolders.some((folder) => path.startsWith(`${folder}/`)),
    );
    const homeless = product.filter((path) => !rooms.some(({ files }) => new RegExp(files).test(path)));
    expect(homeless).toEqual([]);
  });
});

describe('a planted violation is found', () => {
  it.each([
    [
      'a step of the compiler reaches into another step',
      'compiler/read/a.ts',
      '../emit/b.ts',
      'compiler/emit/b.ts',
      'compiler-read',
    ],
    [
      'the compiler knows the library',
      'compiler/resolve/a.ts',
      '../../library/catalog.ts',
      'library/catalog.ts',
      'compiler-resolve',
    ],
    [
      'the planner knows an engine',
      'reconciler/plan/a.ts',
      '../docker/b.ts',
      'reconciler/docker/b.ts',
      'reconciler-plan',
    ],
    [
      'an engine knows another engine',
      'reconciler/memory/a.ts',
      '../docker/b.ts',
      'reconciler/docker/b.ts',
      'reconciler-memory',
    ],
    ['the product imports the command line', 'reconciler/act/a.ts', '../../cli/b.ts', 'cli/b.ts', 'reconciler-act'],
    ['a command builds an adapter itself', 'cli/a.ts', '../reconciler/docker/b.ts', 'reconciler/docker/b.ts', 'cli'],
    ['the model knows a port', 'reconciler/model/a.ts', '../ports/b.ts', 'reconciler/ports/b.ts', 'reconciler-model'],
    ['the page knows the planner', 'dashboard/a.tsx', '../reconciler/plan/b.ts', 'reconciler/plan/b.ts', 'dashboard'],
  ])('%s', async (_, from, specifier, to, room) => {
    expect(await violationsOf({ [from]: use(specifier), [to]: value })).toEqual([`room:${room} ${from}`]);
  });

  it('a component imports another component', async () => {
    const files = { 'library/one/a.ts': use('../two/b.ts'), 'library/two/b.ts': value };
    expect(await violationsOf(files)).toEqual(['components-apart library/one/a.ts']);
  });

  it('an import of types alone crosses a wall', async () => {
    const files = {
      'compiler/check/a.ts': "import type { B } from '../kubernetes/b.ts';\nexport type A = B;\n",
      'compiler/kubernetes/b.ts': 'export type B = string;\n',
    };
    expect(await violationsOf(files)).toEqual(['room:compiler-check compiler/check/a.ts']);
  });

  it('a lazy import crosses a wall', async () => {
    const files = {
      'compiler/check/a.ts': "export const load = () => import('../kubernetes/b.ts');\n",
      'compiler/kubernetes/b.ts': value,
    };
    expect(await violationsOf(files)).toEqual(['room:compiler-check compiler/check/a.ts']);
  });

  it.each(['node:fs', 'fs', 'node:fs/promises', 'node:child_process', 'node:crypto', 'node:timers/promises'])(
    'a deciding folder imports %s',
    async (module) => {
      const files = { 'compiler/validate/a.ts': `import * as it from '${module}';\nexport const other = it;\n` };
      expect(await violationsOf(files)).toEqual(['room:compiler-validate compiler/validate/a.ts']);
    },
  );

  it('a folder uses a package that is not in its row', async () => {
    const files = {
      ...plantedPackage('fastify'),
      'reconciler/observe/a.ts': "import it from 'fastify';\nexport const other = it;\n",
    };
    expect(await violationsOf(files)).toEqual(['room:reconciler-observe reconciler/observe/a.ts']);
  });

  it('the product uses a package that only development has', async () => {
    const files = {
      ...plantedPackage('esbuild'),
      'compiler/read/a.ts': "import it from 'esbuild';\nexport const other = it;\n",
    };
    expect(await violationsOf(files)).toEqual([
      'no-development-package compiler/read/a.ts',
      'room:compiler-read compiler/read/a.ts',
    ]);
  });

  it('two files import each other', async () => {
    const files = {
      'schema/a.ts': use('./b.ts'),
      'schema/b.ts': "import { other } from './a.ts';\nexport const value = () => other;\n",
    };
    expect(await violationsOf(files)).toEqual(['no-cycle schema/a.ts']);
  });

  it('lets two files know each other by their types alone, or lazily', async () => {
    const files = {
      'schema/a.ts': "export const load = () => import('./b.ts');\nexport type A = string;\n",
      'schema/b.ts': "import type { A } from './a.ts';\nexport const value: A = '';\n",
    };
    expect(await violationsOf(files)).toEqual([]);
  });

  it('nothing knows a file, and it knows nothing', async () => {
    expect(await violationsOf({ 'schema/a.ts': value })).toEqual(['no-orphan schema/a.ts']);
  });

  it('an imported file is not there', async () => {
    expect(await violationsOf({ 'schema/a.ts': use('./gone.ts') })).toContain('resolves schema/a.ts');
  });

  it('the product imports a test', async () => {
    const files = { 'reconciler/serve/a.ts': use('../../tests/b.ts'), 'tests/b.ts': value };
    expect(await violationsOf(files)).toEqual([
      'product-apart reconciler/serve/a.ts',
      'room:reconciler-serve reconciler/serve/a.ts',
    ]);
  });
});

it('lets through what the table allows', async () => {
  const files = {
    'schema/s.ts': value,
    'compiler/model/m.ts': use('../../schema/s.ts'),
    'library/one/a.ts':
      "import { other } from '../../compiler/model/m.ts';\nimport { shared } from '../family.ts';\nexport const it = [other, shared];\n",
    'library/family.ts': 'export const shared = 1;\n',
    'library/catalog.ts': "import { it } from './one/a.ts';\nexport const catalog = [it];\n",
    'cli/wire.ts':
      "import { catalog } from '../library/catalog.ts';\nimport { e } from '../reconciler/docker/e.ts';\nexport const wired = [catalog, e];\n",
    'reconciler/docker/e.ts': "import { readFile } from 'node:fs/promises';\nexport const e = readFile;\n",
  };
  expect(await violationsOf(files)).toEqual([]);
});
