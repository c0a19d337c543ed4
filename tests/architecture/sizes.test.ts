import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSizes } from '../../scripts/check/sizes.ts';
import { plantHouse } from './planted-house.ts';

const lines = (count: number): string => 'export {};\n'.repeat(count);

describe('sizes', () => {
  it('finds no source file over 400 lines', async () => {
    expect((await checkSizes({ root: join(import.meta.dirname, '../..') })).output).toBe('');
  });

  it('names a file that is too long and what to do', async () => {
    const root = await plantHouse({ 'cli/long.ts': lines(401), 'cli/short.ts': lines(400) });
    expect(await checkSizes({ root })).toMatchObject({
      ok: false,
      output: 'cli/long.ts: 401 lines; split it, 400 is the most',
    });
  });

  it('does not count what a program wrote', async () => {
    const root = await plantHouse({ 'schema/spec.ts': lines(900), 'schema/a.generated.mjs': lines(900) });
    expect(await checkSizes({ root })).toMatchObject({ ok: true });
  });
});
