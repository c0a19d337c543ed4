import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rooms } from '../../scripts/check/rooms.ts';
import { suites } from '../suites.ts';

const root = join(import.meta.dirname, '../..');
const architecture = await readFile(join(root, 'docs/architecture.md'), 'utf8');

it('describes every top-level folder in one row', () => {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  const folders = new Set(listed.split('\n').flatMap((path) => /^([^./][^/]*)\//.exec(path)?.[1] ?? []));
  const described = [...architecture.matchAll(/^\| `([a-z]+)\/` \| \S/gm)].map(([, folder]) => folder);
  expect(described.sort()).toEqual([...folders].sort());
});

it('names every folder of the compiler, the reconciler and the library', async () => {
  for (const parent of ['compiler', 'reconciler', 'library']) {
    const folders = (await readdir(join(root, parent), { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const row = architecture.split('\n').find((line) => line.startsWith(`| \`${parent}/\``)) ?? '';
    expect(folders.map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(row))).toEqual([]);
  }
});

it('has no row in the import table for a folder that is gone or was never there', async () => {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split(
    '\n',
  );
  const empty = rooms.filter(({ files }) => !listed.some((path) => new RegExp(files).test(path)));
  expect(empty.map(({ name }) => name)).toEqual([]);
});

it('runs every folder of tests/real as a suite', async () => {
  const folders = (await readdir(join(root, 'tests/real'), { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  );
  expect(
    suites
      .filter(({ real }) => real)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(folders.map(({ name }) => name).sort());
  for (const { name } of folders) expect(await readdir(join(root, 'tests/real', name))).toContain('available.ts');
});

it('keeps every decision under 60 lines and in the index', async () => {
  const index = await readFile(join(root, 'docs/adr/INDEX.md'), 'utf8');
  for (const name of (await readdir(join(root, 'docs/adr'))).filter((file) => /^\d/.test(file))) {
    expect(index).toContain(`](${name})`);
    expect((await readFile(join(root, 'docs/adr', name), 'utf8')).split('\n').length, name).toBeLessThan(60);
  }
});
