import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeAll } from './judge.ts';

const page = readFileSync(join(import.meta.dirname, 'peers-accept.md'), 'utf8');
const wrong = readdirSync(join(import.meta.dirname, 'wrong'));
const rows = page
  .split('\n')
  .filter((line) => /^\| (?!Mistake|-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, mistake = '', here = '']) => ({ mistake, here }));

describe('what other checkers accept', () => {
  it('is listed in full: 14 of Compose and 23 of Kubernetes', () => {
    const [, compose = '', kubernetes = ''] = page.split(/^## .*$/m);
    const count = (text: string) => text.split('\n').filter((line) => /^\| (?!Mistake|-)/.test(line)).length;
    expect([count(compose), count(kubernetes)]).toEqual([14, 23]);
  });

  it.each(rows.map(({ mistake, here }) => [mistake, here]))('%s: is told at its line', async (_mistake, here) => {
    const told = [...here.matchAll(/`([a-z0-9-]{8,})` \((AG\d{3}), line (\d+)\)/g)];
    if (told.length === 0) expect(here).toMatch(/^cannot be written: \S.{20,}/);
    // Every file that a row names stands with its code and line.
    expect(told.length).toBe([...here.matchAll(/`(?:peers|secret|duplicate|ports)-[a-z0-9-]+`/g)].length);
    for (const [, name, code, line] of told) {
      const { diagnostics } = await judgeAll(readFileSync(join(import.meta.dirname, 'wrong', `${name}.yaml`), 'utf8'));
      expect(diagnostics.map((each) => `${name} ${each.code}:${each.range.start.line}`)).toContain(
        `${name} ${code}:${line}`,
      );
    }
  });

  it('has every file of its kind', () => {
    const listed = new Set([...page.matchAll(/`(peers-[a-z0-9-]+)`/g)].map(([, name]) => `${name}.yaml`));
    expect(wrong.filter((name) => /^peers-.*\.yaml$/.test(name) && !listed.has(name))).toEqual([
      'peers-dependency-cycle.yaml',
      'peers-undefined-service.yaml',
    ]);
  });
});
