import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { buildCli } from '../../scripts/build/cli.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'bench/compile/eight-services.yaml');

describe('the bundle', () => {
  let dist = '';
  beforeAll(async () => {
    dist = mkdtempSync(join(tmpdir(), 'autogit-bundle-'));
    await buildCli(root, dist);
  }, 120_000);
  afterAll(() => rmSync(dist, { recursive: true, force: true }));

  const autogit = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [join(dist, 'autogit.mjs'), ...args], { encoding: 'utf8' });

  it('carries code of the quick part that this Node takes', () => {
    const name = readdirSync(join(dist, 'chunks')).find((each) => each.endsWith('.cjs')) ?? '';
    const filename = join(dist, 'chunks', name);
    const cachedData = readFileSync(`${filename}.cache`);
    const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
    expect(script.cachedDataRejected).toBe(false);
  });

  it('renders what the sources render, byte for byte', async () => {
    const { rendered } = await compile({ file, bytes: readFileSync(file), catalog, targets, target: 'all' });
    const expected = rendered?.manifests.map(({ path, text }) => `---\n# ${path}\n${text}`).join('');
    expect(autogit('compile', '-f', file, '--target', 'all', '-o', '-')).toBe(expected);
  });

  it('reaches the parts that are not quick', () => {
    expect(autogit('explain', 'AG201')).toContain('AG201');
    expect(autogit('--help')).toContain('Usage: autogit');
  });

  it('patches objects of both targets step by step', () => {
    const add = (kind: string, name: string) =>
      `  - { target: { kind: ${kind}, name: ${name} }, why: w, json: [{ op: add, path: /metadata/labels/a, value: b }] }\n`;
    const input = `name: home\ndomain: home.lan\nservices: { wiki: { image: "a/b:1" } }\npatches:\n${add('Deployment', 'home-wiki')}${add('service', 'wiki').replace('/metadata', '')}`;
    const args = [join(dist, 'autogit.mjs'), 'compile', '-f', '-', '--target', 'all', '-o', '-'];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8', input }).match(/^ +a: b$/gm)).toHaveLength(2);
  });

  it('works without the code, as under another version of Node', () => {
    for (const name of readdirSync(join(dist, 'chunks'))) {
      if (name.endsWith('.cache')) rmSync(join(dist, 'chunks', name));
    }
    expect(autogit('validate', '-f', file)).toContain('is valid');
  });
});
