import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { treeDamage } from './damage.ts';
import { obeys } from './law.ts';
import { platformFiles } from './platform-files.ts';

const seed = Number(process.env.FUZZ_SEED ?? 1);

it('20,000 files made from the schema, most of them damaged: files or errors, never a crash', async () => {
  let [tried, compiled] = [0, 0];
  await fc.assert(
    fc.asyncProperty(platformFiles, treeDamage, fc.boolean(), async (file, damage, inBlocks) => {
      const tree = damage(file);
      const text = inBlocks ? stringify(tree, { aliasDuplicateObjects: false }) : JSON.stringify(tree);
      const { rendered } = await obeys(text);
      tried += 1;
      if (rendered !== undefined) compiled += 1;
    }),
    { seed, numRuns: 20_000 },
  );
  expect(tried).toBe(20_000);
  // Else the files would only try the first steps of the compiler.
  expect(compiled).toBeGreaterThan(800);
}, 1_200_000);
