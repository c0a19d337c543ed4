import { expect, it } from 'vitest';
import { differenceJson } from '../../cli/diff/json.ts';
import { differenceMarkdown } from '../../cli/diff/markdown.ts';
import { differenceText } from '../../cli/diff/text.ts';
import { compile } from '../../compiler/compile.ts';
import { compare } from '../../compiler/diff.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, cases } from '../compiler/cases.ts';

const both = ['compose', 'kubernetes'] as const;
const all = cases().flatMap((each) => both.map((target) => ({ ...each, target })));

async function compiledCase(each: (typeof all)[number]) {
  const bytes = bytesOf(each);
  const { platform, rendered } = await compile({ file: each.file, bytes, target: each.target, catalog, targets });
  if (platform === undefined || rendered === undefined) throw new Error(`${each.file} does not compile`);
  return { kind: 'compiled', platform, rendered } as const;
}

it.each(all)('finds nothing between $name and itself for $target', async (each) => {
  const difference = await compare({ before: await compiledCase(each), after: await compiledCase(each), catalog });
  expect(difference).toEqual({ changes: [], files: [] });
});

it('says something of every pair of examples, the same each time, and of the way back the opposite', async () => {
  const sides = await Promise.all(all.map(compiledCase));
  for (const before of sides) {
    for (const after of sides.filter((each) => each !== before)) {
      const there = { from: 'a', to: 'b', ...(await compare({ before, after, catalog })) };
      const back = await compare({ before: after, after: before, catalog });
      expect(there.changes.length).toBeGreaterThan(0);
      expect(await compare({ before, after, catalog })).toEqual({ changes: there.changes, files: there.files });
      const ids = (what: string, { changes }: typeof back) =>
        changes.filter((each) => each.what === what && each.kind !== 'platform').map(({ kind, id }) => `${kind} ${id}`);
      expect(ids('added', there).sort()).toEqual(ids('removed', back).sort());
      expect(differenceText(there)).toContain('a → b');
      expect(differenceMarkdown(there).length).toBeLessThanOrEqual(65_000);
      expect(JSON.parse(differenceJson(there)).changes.length).toBe(there.changes.length);
    }
  }
});
