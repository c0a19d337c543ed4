import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../cli/main.ts');
const file = `name: home
domain: home.lan
forge: gitea
services:
  wiki:
    image: requarks/wiki:2
    port: 3000
    host: wiki
    environment: { TZ: UTC }
    volumes: { data: { path: /data, size: 5Gi } }
ingress: traefik
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-explain-'));
  await writeFile(join(folder, 'autogit.yaml'), file);
});
afterAll(() => rm(folder, { recursive: true }));

describe('autogit explain KEY', () => {
  it('tells a default, where it comes from, and what it shapes on both targets', async () => {
    expect(await explain('forge.host')).toEqual({
      code: 0,
      err: '',
      out: `forge.host = git
  not in the file: default of component gitea

Name under the domain.
example: git
all keys: docs/components/gitea.md

made from it:
  kubernetes/forge/ingress-home-forge.yaml

shapes, found by compiling with git-2 in its place:
  compose/local/compose.yaml                    4 lines
  compose/local/configs/ingress/routes.yml      1 line
  kubernetes/forge/ingress-home-forge.yaml      1 line
  kubernetes/forge/statefulset-home-forge.yaml  3 lines
`,
    });
  });

  it('tells what is given with its line, and what it shapes by leaving it out', async () => {
    const { out } = await explain('services.wiki.volumes.data.size');
    expect(out).toContain('services.wiki.volumes.data.size = 5Gi\n  given at autogit.yaml:10:37\n');
    expect(out).toContain('  10 |     volumes: { data: { path: /data, size: 5Gi } }\n');
    expect(out).toContain(
      'shapes, found by compiling without it:\n  kubernetes/wiki/statefulset-home-wiki.yaml  1 line\n',
    );
  });

  it('lists every object of a service on both targets', async () => {
    const { out } = await explain('services.wiki');
    expect(out).toContain(`made from it:
  compose/local/compose.yaml wiki
  kubernetes/wiki/ingress-home-wiki.yaml
  kubernetes/wiki/networkpolicy-home-wiki.yaml
  kubernetes/wiki/service-home-wiki.yaml
  kubernetes/wiki/serviceaccount-home-wiki.yaml
  kubernetes/wiki/statefulset-home-wiki.yaml
`);
    expect(out).toContain('with every default:\n');
  });

  it('tells a key that has no value and no default', async () => {
    expect((await explain('forge.url')).out).toContain('forge.url\n  not in the file, and it has no default\n');
  });

  it('takes a pointer as well', async () => {
    expect(await explain('/services/wiki/port')).toEqual(await explain('services.wiki.port'));
  });

  it('gives it all as JSON', async () => {
    const said = JSON.parse((await explain('forge.host', '--format', 'json')).out);
    expect(said).toMatchObject({ kind: 'setting', path: ['forge', 'host'], from: 'default', value: 'git' });
    expect(said.entry).toMatchObject({ component: 'gitea', description: 'Name under the domain.' });
    expect(said.shapes.files[0]).toEqual({ path: 'compose/local/compose.yaml', lines: 4 });
  });

  it.each([
    ['forge.hots', 'the language has no forge.hots\nnext: did you mean forge.host?'],
    ['services.wiky.port', 'this file has no services.wiky\nnext: did you mean services.wiki?'],
    ['forg', 'the language has no forg\nnext: did you mean forge?'],
    ['?', 'there is nothing to explain about ?'],
  ])('says what there is instead of %s', async (subject, message) => {
    const { code, err } = await explain(subject);
    expect({ code, err }).toMatchObject({ code: 64, err: expect.stringContaining(message) });
  });
});

describe('autogit explain RENDERED FILE', () => {
  it('shows the lines that an object is made from', async () => {
    expect(await explain('rendered/kubernetes/wiki/statefulset-home-wiki.yaml')).toEqual({
      code: 0,
      err: '',
      out: `kubernetes/wiki/statefulset-home-wiki.yaml

StatefulSet home-wiki
  autogit.yaml:5:3  wiki
  5 |   wiki:
    |   ^^^^
  autogit.yaml:6:5  image
  autogit.yaml:7:5  port http 3000
  autogit.yaml:9:20  variable TZ
  autogit.yaml:10:16  volume wiki-data
  component service: docs/components/service.md
`,
    });
  });

  it('shows each service of a Compose file, or one', async () => {
    const all = (await explain('compose/local/compose.yaml')).out;
    expect(all.match(/^service .*/gm)).toEqual(['service forge', 'service ingress', 'service wiki']);
    const { out } = await explain('compose/local/compose.yaml', 'wiki');
    expect(out).toContain('service wiki\n  autogit.yaml:5:3  wiki\n');
    expect(out).toContain('  autogit.yaml:8:5  ingress may reach wiki:3000\n');
    expect(out).not.toContain('service forge');
  });

  it('shows every route in the configuration of the ingress', async () => {
    const { out } = await explain('compose/local/configs/ingress/routes.yml');
    expect(out).toContain('config routes.yml\n');
    expect(out).toContain('autogit.yaml:8:5  route wiki.home.lan to wiki');
  });

  it('says when what lies there is not what the file says', async () => {
    await autogit('compile', '-o', 'old', '--target', 'kubernetes');
    const path = 'old/kubernetes/wiki/service-home-wiki.yaml';
    expect((await explain(path)).out).not.toContain('is not what the file says now');
    await writeFile(join(folder, path), 'other\n');
    expect((await explain(path)).out).toContain(`${path} is not what the file says now`);
  });

  it('lists the files beside one that is not rendered', async () => {
    const { code, err } = await explain('kubernetes/wiki/deployment-home-wiki.yaml');
    expect(code).toBe(64);
    expect(err).toContain('kubernetes/wiki/deployment-home-wiki.yaml is not rendered from this file\nnext: there are ');
    expect(err).toContain('kubernetes/wiki/statefulset-home-wiki.yaml');
  });

  it('says in every Compose service where it comes from', async () => {
    const { out } = await autogit('compile', '-o', '-', '--target', 'compose');
    expect(out.match(/x-autogit-source: .*/g)).toEqual([
      'x-autogit-source: "autogit.yaml#/forge"',
      'x-autogit-source: "autogit.yaml#/ingress"',
      'x-autogit-source: "autogit.yaml#/services/wiki"',
    ]);
  });
});

type Run = { readonly code: number; readonly out: string; readonly err: string };

function explain(...args: readonly string[]): Promise<Run> {
  return autogit('explain', ...args);
}

function autogit(...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: folder }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}
