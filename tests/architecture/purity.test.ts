import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programOf } from '../../scripts/check/program.ts';
import { sourceFiles } from '../../scripts/check/source-files.ts';
import { plantHouse } from './planted-house.ts';

const root = join(import.meta.dirname, '../..');
const pureFolders = ['compiler/check', 'library/thing', 'reconciler/model', 'reconciler/ports', 'reconciler/plan'];

/** Paths of the planted files in which the linter finds what is forbidden, sorted. */
async function faultsIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const house = await plantHouse(files);
  const args = ['lint', '--reporter=github', '--max-diagnostics=500', '.'];
  const { stdout } = spawnSync(process.execPath, [programOf(root, 'biome'), ...args], { cwd: house, encoding: 'utf8' });
  const found = stdout.matchAll(/^::error title=(?:plugin|lint\/style\/noRestrictedGlobals),file=([^,]+),/gm);
  return [...new Set([...found].map(([, file]) => relative(house, resolve(house, file ?? ''))))].sort();
}

const impure = {
  'the time': 'export const it = new Date();',
  'the time as a number': 'export const it = Date.now();',
  'a stopwatch': 'export const it = performance.now();',
  'the environment': 'export const it = process.env.HOME;',
  'a timer': 'export const it = setTimeout(() => 0, 1);',
  'a repeated timer': 'export const it = setInterval(() => 0, 1);',
  'a turn of the loop': 'export const it = setImmediate(() => 0);',
  'a microtask': 'queueMicrotask(() => 0);',
  'the console': "console.log('it');",
  'the network': "export const it = fetch('http://localhost');",
  dice: 'export const it = Math.random();',
  'dice, hidden in brackets': "export const it = Math['random']();",
  'dice, taken apart': 'const { random } = Math;\nexport const it = random();',
  'a random id': 'export const it = crypto.randomUUID();',
  'the global object': 'export const it = globalThis.Date;',
  'a module loaded aside': "export const it = require('node:fs');",
};

describe('a deciding folder cannot use', () => {
  it.each(Object.entries(impure))('%s', async (_, code) => {
    const files = Object.fromEntries(pureFolders.map((folder) => [`${folder}/planted.ts`, `${code}\n`]));
    expect(await faultsIn(files)).toEqual(Object.keys(files).sort());
  });
});

it('lets the rest of Math, and names that only look alike, through', async () => {
  const code =
    'export const it = { process: Math.max(1, 2), console: Math.floor(1.5) };\nexport const other = it.process;\n';
  expect(await faultsIn({ 'compiler/check/planted.ts': code })).toEqual([]);
});

it('lets adapters use the world', async () => {
  const files = { 'reconciler/docker/planted.ts': `${impure['the time']}\n`, 'cli/planted.ts': `${impure.dice}\n` };
  expect(await faultsIn(files)).toEqual([]);
});

it('is nowhere switched off by a comment', async () => {
  const paths = (await sourceFiles(root)).filter((path) =>
    /^(compiler|library|reconciler\/(model|ports|plan))\//.test(path),
  );
  const texts = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  );
  expect(
    texts
      .filter(({ text }) =>
        /biome-ignore\S* (lint\/plugin|lint\/style\/noRestrictedGlobals|lint(\/style)?:)/.test(text),
      )
      .map(({ path }) => path),
  ).toEqual([]);
});
