/**
 * What each wrong file is told. The files in `wrong/` are mistakes that people make; beside each stands what AutoGit
 * answers. Read them as an author would: would you know what to do next?
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnosticsText } from '../../cli/diagnostics/text.ts';
import { maskedText } from '../../compiler/masked-text.ts';
import { judgeAll } from './judge.ts';

const folder = join(import.meta.dirname, 'wrong');
const names = readdirSync(folder);
const cases = names.filter((name) => name.endsWith('.yaml')).map((name) => name.replace(/\.yaml$/, ''));

describe('a wrong file', () => {
  it.each(cases)('%s', async (name) => {
    const text = readFileSync(join(folder, `${name}.yaml`), 'utf8');
    const { diagnostics } = await judgeAll(text);
    expect(diagnostics).not.toEqual([]);
    const shown = await maskedText(new TextEncoder().encode(text));
    await expect(diagnosticsText(diagnostics, { text: shown, colour: false })).toMatchFileSnapshot(
      join(folder, `${name}.txt`),
    );
  });

  it('has no answer without a question', () => {
    const answers = names.filter((name) => name.endsWith('.txt')).map((name) => name.replace(/\.txt$/, ''));
    expect(answers.filter((name) => !cases.includes(name))).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(150);
  });

  it('is told the same bytes in 20 runs', async () => {
    const text = readFileSync(join(folder, 'many-mistakes.yaml'), 'utf8');
    const answers = new Set<string>();
    for (let run = 0; run < 20; run++) {
      answers.add(diagnosticsText((await judgeAll(text)).diagnostics, { text, colour: false }));
    }
    expect(answers.size).toBe(1);
  });
});
