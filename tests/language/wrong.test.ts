/**
 * What each wrong file is told. The files in `wrong/` are mistakes that people make; beside each stands what AutoGit
 * answers. Read them as an author would: would you know what to do next?
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toldOf } from './told-of.ts';

const folder = join(import.meta.dirname, 'wrong');
const names = readdirSync(folder);
const cases = names.filter((name) => name.endsWith('.yaml')).map((name) => name.replace(/\.yaml$/, ''));

describe('a wrong file', () => {
  const answers = new Map<string, string>();
  const textOf = (name: string) => readFileSync(join(folder, `${name}.yaml`), 'utf8');

  it.each(cases)('%s', async (name) => {
    const told = await toldOf(textOf(name));
    answers.set(name, told);
    expect(told).not.toBe('');
    await expect(told).toMatchFileSnapshot(join(folder, `${name}.txt`));
  });

  it('has no answer without a question', () => {
    const answers = names.filter((name) => name.endsWith('.txt')).map((name) => name.replace(/\.txt$/, ''));
    expect(answers.filter((name) => !cases.includes(name))).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(150);
  });

  it('is told the same bytes in 20 runs', async () => {
    const text = textOf('many-mistakes');
    const seen = new Set<string>();
    for (let run = 0; run < 20; run++) {
      seen.add(await toldOf(text));
    }
    expect(seen.size).toBe(1);
  });

  it('is told the same bytes by another process, in another place and language and the other way round', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, 'wrong-files-child.ts')],
      {
        cwd: tmpdir(),
        env: { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
        maxBuffer: 16 * 2 ** 20,
      },
    );
    const here = new Map<string, string>();
    for (const name of cases) here.set(name, answers.get(name) ?? (await toldOf(textOf(name))));
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(here));
  }, 120_000);
});
