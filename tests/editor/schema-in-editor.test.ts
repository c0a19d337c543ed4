import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../compiler/cases.ts';
import { type Editor, startEditor } from './language-server.ts';

const root = join(import.meta.dirname, '../..');
const top = 'name: home\ndomain: home.lan\n';
let editor: Editor;

beforeAll(async () => {
  editor = await startEditor(join(root, 'schema/autogit.schema.json'));
}, 60_000);
afterAll(() => editor.close());

describe('an editor with the YAML language server', () => {
  it.each(cases())('finds nothing wrong in $file', async ({ file }) => {
    expect(await editor.open(readFileSync(join(root, file), 'utf8'), join(root, file))).toEqual([]);
  });

  it('marks an unknown key, a missing one and a wrong value at their lines', async () => {
    const said = await editor.open(`${top}services:\n  wiki:\n    imag: "wiki:1"\n    port: high\n`);
    expect(said).toContainEqual({ line: 5, message: 'Property imag is not allowed.' });
    expect(said).toContainEqual({ line: 4, message: 'Missing property "image".' });
    expect(said.find(({ line }) => line === 6)?.message).toMatch(/integer/);
  });

  it.each([
    ['at the top of the file', `${top}‸`, ['forge', 'services', 'runners', 'environments', 'patches']],
    [
      'in a service',
      `${top}services:\n  wiki:\n    image: "wiki:1"\n    ‸`,
      ['port', 'health', 'needs', 'schedule', 'gpu'],
    ],
    ['in a host', `${top}hosts:\n  local:\n    engine: process\n    ‸`, ['gpus', 'memory', 'arch']],
  ])('proposes the keys %s', async (_, text, keys) => {
    await editor.open(text);
    expect(await editor.complete()).toEqual(expect.arrayContaining(keys));
  });

  it.each([
    ['components of a role', `${top}forge: ‸`, ['forgejo', 'gitea', 'gitlab']],
    ['values of a key', `${top}cluster:\n  routes: ‸`, ['ingress', 'traefik', 'gateway']],
  ])('proposes %s', async (_, text, values) => {
    await editor.open(text);
    expect(await editor.complete()).toEqual(expect.arrayContaining(values));
  });

  it.each([
    ['a key of the file', `${top}run‸ners: {}\n`, /Pools of CI runners/],
    ['a key of a service', `${top}services:\n  wiki:\n    image: "wiki:1"\n    ne‸eds: [forge]\n`, /What it talks to/],
    ['a key of a component', `${top}database:\n  use: postgres\n  si‸ze: 20Gi\n`, /Size/],
  ])('tells what %s is', async (_, text, words) => {
    await editor.open(text);
    expect(await editor.hover()).toMatch(words);
  });
});
