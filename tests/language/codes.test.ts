import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { codes } from '../../schema/codes.ts';

const root = join(import.meta.dirname, '../..');

describe('the list of codes', () => {
  it('has every code that the sources use', () => {
    const used = new Set(sources().flatMap((text) => text.match(/\bAG[0-9]{3}\b/g) ?? []));
    expect([...used].filter((code) => codes[code] === undefined)).toEqual([]);
  });

  it('has no code that nothing uses', () => {
    const used = sources().join('\n');
    expect(Object.keys(codes).filter((code) => !used.includes(`'${code}'`))).toEqual([]);
  });

  it('has a page for each code and no other page', () => {
    const pages = readdirSync(join(root, 'docs/errors')).filter((name) => name !== 'INDEX.md');
    expect(pages.sort()).toEqual(
      Object.keys(codes)
        .map((code) => `${code}.md`)
        .sort(),
    );
  });

  it('has an example or a note for each code', () => {
    const bare = Object.entries(codes).filter(
      ([, { wrong, right, note }]) => (wrong === undefined || right === undefined) && note === undefined,
    );
    expect(bare.map(([code]) => code)).toEqual([]);
  });
});

describe('the examples of a code', () => {
  const shown = Object.entries(codes).filter(([, { wrong }]) => wrong !== undefined);

  it.each(shown)(
    '%s: the wrong file gives it, the right one gives nothing',
    async (code, { wrong = '', right = '' }) => {
      expect(await codesOf(wrong)).toContain(code);
      expect(await codesOf(right)).toEqual([]);
    },
  );
});

async function codesOf(text: string): Promise<readonly string[]> {
  const bytes = new TextEncoder().encode(text);
  const { diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target: 'all', everyEnvironment: true });
  return diagnostics.map(({ code }) => code);
}

function sources(): readonly string[] {
  return ['compiler', 'library', 'reconciler', 'cli'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  );
}
