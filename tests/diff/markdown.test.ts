import { describe, expect, it } from 'vitest';
import { differenceMarkdown } from '../../cli/diff/markdown.ts';
import { compare } from '../../compiler/diff.ts';
import { catalog } from '../../library/catalog.ts';
import { compiled } from './meaning.ts';

const named = { from: 'main', to: 'newer' } as const;

describe('the comment of a review', () => {
  it('stays below the limit of a comment however much is different, and counts what is left out', async () => {
    const many = (tag: string) =>
      `services:\n${Array.from({ length: 600 }, (_, at) => `  s${at}: { image: "nginx:${tag}", port: 80, environment: { A: "${tag}" } }\n`).join('')}`;
    const [before, after] = [await compiled(many('1'), 'kubernetes'), await compiled(many('2'), 'kubernetes')];
    const text = differenceMarkdown({ ...named, ...(await compare({ before, after, catalog })) });
    expect(text.length).toBeLessThanOrEqual(65_000);
    expect(text).toMatch(/… and \d+ changes more/);
    expect(text).toMatch(/… and \d+ rendered files more that do not fit here/);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect((text.match(/^```/gm)?.length ?? 1) % 2).toBe(0);
  });

  it('takes nothing of the file for Markdown, HTML, a mention or another column', async () => {
    const file = (value: string) =>
      `services:\n  a: { image: "a:1", port: 80, environment: { A: ${JSON.stringify(value)} } }\naccept: { AG501: ${JSON.stringify(value)} }\n`;
    const evil = '</details><img src=x> @everyone | `x` ``` [a](http://b)';
    const [before, after] = [
      await compiled('services: { a: { image: "a:1", port: 80 } }\n'),
      await compiled(file(evil)),
    ];
    const text = differenceMarkdown({ ...named, ...(await compare({ before, after, catalog })) });
    const table = text.split('<details>')[0] ?? '';
    expect(table).not.toMatch(/<img|@everyone|[^\\]\]\(http/);
    expect(table).toContain('&lt;/details&gt;&lt;img src=x&gt; @\u200beveryone \\| \\`x\\`');
    const fences = text.match(/^`{3,}/gm) ?? [];
    expect(fences.length).toBe(2);
    expect(new Set(fences).size).toBe(1);
  });

  it('says in its title when nothing is different', () => {
    expect(differenceMarkdown({ ...named, changes: [], files: [] })).toBe(
      '<!-- autogit diff -->\n### Platform: no difference\n\n`main` → `newer`\n',
    );
  });
});
