import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, type Case, cases } from '../compiler/cases.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

describe.each(cases())('$name', (each) => {
  it('gives the same platform and the same bytes whatever the order of its maps', async () => {
    const document: unknown = parse(new TextDecoder().decode(bytesOf(each)));
    const expected = await compiled(each, document);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (dice) => {
        expect(await compiled(each, shuffled(document, dice))).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });
});

describe('no byte of the output comes from', () => {
  let elsewhere: string;
  let expected: string;
  const canary = 'hunter2-canary-3f9c';

  beforeAll(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), 'autogit-elsewhere-'));
    expected = await printed(root, {});
  });
  afterAll(() => rm(elsewhere, { recursive: true }));

  it.each([
    ['another time zone', { TZ: 'Pacific/Kiritimati' }],
    ['another language', { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }],
    ['another home and user', { HOME: '/nonexistent', USER: 'nobody', LOGNAME: 'nobody' }],
    ['settings of cdk8s', { CDK8S_OUTDIR: '/nonexistent', CDK8S_DISABLE_SORT: '1', CDK8S_FILE_ASSET_HASH: 'x' }],
    ['the values of secrets', { AUTOGIT_FORGE_TOKEN: canary, BOARD_SESSIONS: canary }],
  ])('%s', async (_, environment) => {
    const output = await printed(root, environment);
    expect(output).toBe(expected);
    expect(output).not.toContain(canary);
  });

  it('another working folder', async () => {
    expect(await printed(elsewhere, {})).toBe(expected);
  });

  it('the umask, which is a matter of modes alone', async () => {
    const file = join(root, 'examples/3-a-team/autogit.yaml');
    const rendered = async (mask: string): Promise<Readonly<Record<string, string>>> => {
      const output = join(elsewhere, mask);
      const command = `umask ${mask}; exec "$0" "$@"`;
      const args = [
        '-c',
        command,
        process.execPath,
        join(root, 'cli/main.ts'),
        'compile',
        '-f',
        file,
        '--target',
        'all',
      ];
      await run('/bin/sh', [...args, '-o', output]);
      const names = (await readdir(output, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
      const texts = names.map(async (each) => {
        const path = join(each.parentPath, each.name);
        return [path.slice(output.length), await readFile(path, 'utf8')] as const;
      });
      return Object.fromEntries((await Promise.all(texts)).sort(([one], [other]) => (one < other ? -1 : 1)));
    };
    const usual = await rendered('022');
    expect(Object.keys(usual).length).toBeGreaterThan(20);
    expect(await rendered('077')).toEqual(usual);
  });

  it('the files that hold secrets, which are not even opened', async () => {
    const secret = join(elsewhere, 'key');
    await writeFile(secret, canary);
    const file = `name: home
domain: home.lan
services:
  mail: { image: "axllent/mailpit:v1.27", environment: { MP_UI_AUTH_FILE: { secret: users } } }
secrets:
  users: { file: ${secret} }
`;
    const result = await compile({ file: 'autogit.yaml', bytes: Buffer.from(file), catalog, targets, target: 'all' });
    expect(result.diagnostics).toEqual([]);
    expect(JSON.stringify(result)).not.toContain(canary);
  });

  async function printed(cwd: string, environment: NodeJS.ProcessEnv): Promise<string> {
    const file = join(root, 'examples/3-a-team/autogit.yaml');
    const args = [join(root, 'cli/main.ts'), 'compile', '-f', file, '--target', 'all', '-o', '-'];
    const { stdout } = await run(process.execPath, args, { cwd, env: { PATH: process.env.PATH, ...environment } });
    expect(stdout.length).toBeGreaterThan(10_000);
    return stdout;
  }
});

async function compiled(each: Case, document: unknown) {
  const bytes = Buffer.from(JSON.stringify(document));
  const { diagnostics, platform, rendered } = await compile({ ...each, bytes, catalog, targets });
  expect(diagnostics).toEqual([]);
  return {
    platform: JSON.stringify(platform),
    files: rendered?.manifests.map(({ path, text }) => `${path}\n${text}`),
    projects: JSON.stringify(rendered?.projects),
  };
}

/** The same value with the members of every map in another order. Lists keep theirs, which has a meaning. */
function shuffled(value: unknown, dice: Iterator<number>): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, dice));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, shuffled(member, dice)] as const);
  const thrown = members.map((member) => ({ member, at: dice.next().value as number }));
  return Object.fromEntries(thrown.sort((a, b) => a.at - b.at).map(({ member }) => member));
}
