import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportText } from '../../compiler/import-platform.ts';
import { compiled, folderTree, importText } from './run-import.ts';

const folder = join(import.meta.dirname, 'every-field');
const look = folderTree(folder, '/srv/app');
const { text, report } = importText(readFileSync(join(folder, 'compose.yaml'), 'utf8'), { look });

describe('a Compose file with each field that other converters drop, change or get wrong', () => {
  it('becomes this platform file', async () => {
    await expect(text).toMatchFileSnapshot('every-field/autogit.yaml');
    expect((await compiled(text, '/srv/app', look)).errors).toEqual([]);
  });

  it('and this report', async () => {
    await expect(reportText(report)).toMatchFileSnapshot('every-field/report.txt');
  });

  it('where each loss has a next step', () => {
    const lost = report.rows.filter(({ fate }) => fate === 'lost');
    expect(lost.length).toBeGreaterThan(8);
    expect(lost.filter(({ next }) => next === undefined || next === '')).toEqual([]);
  });
});
