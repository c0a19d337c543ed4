import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, cases } from '../compiler/cases.ts';
import { textDamage } from './damage.ts';
import { obeys } from './law.ts';

const folder = join(import.meta.dirname, '../language/wrong');
const wrong = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const right = cases().map((each) => Buffer.from(bytesOf(each)).toString('utf8'));

/** The same texts each time; `FUZZ_SEED` tries others. */
const seed = Number(process.env.FUZZ_SEED ?? 1);

it('30,000 texts with something cut, doubled or put in: files or errors, never a crash', async () => {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...wrong, ...right), textDamage, async (text, damage) => {
      tried += 1;
      await obeys(damage(text));
    }),
    { seed, numRuns: 30_000 },
  );
  expect(tried).toBe(30_000);
}, 1_200_000);
