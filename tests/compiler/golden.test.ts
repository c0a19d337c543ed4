import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, type Case, cases } from './cases.ts';

/** Everything that is rendered lies there, one folder for each case, to be read in a review. */
const here = join(import.meta.dirname, '../golden');

describe.each(cases())('$name', (each) => {
  it('renders the files that lie in its folder', async () => {
    const { diagnostics, manifests } = await rendered(each);
    expect(diagnostics).toEqual([]);
    for (const { path, text } of manifests) {
      await expect(text).toMatchFileSnapshot(join(here, each.name, path));
    }
  });

  it('leaves no file in its folder that is not rendered', async () => {
    const { manifests } = await rendered(each);
    expect(filesIn(join(here, each.name))).toEqual(manifests.map(({ path }) => path).sort());
  });
});

it('has no folder without a case', () => {
  const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(
    cases()
      .map(({ name }) => name)
      .sort(),
  );
});

async function rendered(each: Case) {
  const { diagnostics, rendered } = await compile({
    file: each.file,
    bytes: bytesOf(each),
    catalog,
    targets,
    target: each.target,
  });
  return { diagnostics, manifests: rendered?.manifests ?? [] };
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
