import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { acceptance, codes } from '../../schema/codes.ts';
import type { Diagnostic } from '../../schema/diagnostic.ts';

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

describe('what can be accepted', () => {
  const acceptable = Object.entries(codes).flatMap(([code, entry]) => {
    const accept = acceptance(code, entry);
    return accept === undefined || entry.wrong === undefined || /^accept:/m.test(entry.wrong)
      ? []
      : [[code, entry.wrong + accept] as const];
  });

  it.each(acceptable)('%s: the wrong file with the lines of its page does not give it', async (code, text) => {
    expect(await codesOf(text)).not.toContain(code);
  });

  it('is every limit of a target and every warning', async () => {
    const said = await Promise.all(Object.values(codes).map(({ wrong = '' }) => diagnosticsOf(wrong)));
    const warned = said.flat().flatMap(({ code, severity }) => (severity === 'warning' ? [code] : []));
    const must = new Set([...warned, ...Object.keys(codes).filter((code) => code.startsWith('AG5'))]);
    expect([...must].filter((code) => acceptance(code, codes[code] ?? { title: '', why: '' }) === undefined)).toEqual(
      [],
    );
  });
});

async function codesOf(text: string): Promise<readonly string[]> {
  return (await diagnosticsOf(text)).map(({ code }) => code);
}

async function diagnosticsOf(text: string): Promise<readonly Diagnostic[]> {
  const bytes = new TextEncoder().encode(text);
  const input = { file: 'autogit.yaml', bytes, catalog, targets, target: 'all', everyEnvironment: true } as const;
  return (await compile(input)).diagnostics;
}

function sources(): readonly string[] {
  return ['compiler', 'library', 'reconciler', 'cli'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  );
}
