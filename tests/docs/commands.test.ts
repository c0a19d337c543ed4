import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { codeBlocks, documents, prose, root } from './documents.ts';

const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
);

/** Everything in a document that is set as code: shell blocks line by line, continued lines joined, and code in the text. */
function codeOf(text: string): readonly string[] {
  const shell = codeBlocks(text).filter(({ info }) => /^(sh|bash|console)\b/.test(info));
  const lines = shell.flatMap(({ code }) => code.replaceAll(/[|\\]\n\s*/g, '| ').split('\n'));
  const spans = [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? '');
  return [...lines.map((line) => line.replace(/\s#.*$/, '')), ...spans];
}

/** What a piece of code asks of the command line that it does not have. */
function unknownIn(code: string): readonly string[] {
  return [...code.matchAll(/(?:^|[\s|/])autogit ([a-z][a-z-]*)([^|;&]*)/g)].flatMap(([, name = '', rest = '']) => {
    if (name === 'help') return [];
    const command = commands.find((each) => each.name === name || each.aliases?.includes(name));
    if (command === undefined) return [`autogit ${name}`];
    const known = new Set([
      '--help',
      ...(command.options ?? []).flatMap(([flags]) => flags.match(/--?[a-z][a-z-]*/g) ?? []),
    ]);
    const used = [...rest.matchAll(/\s(--?[a-z][a-z-]*)/g)].map(([, flag]) => flag ?? '');
    return used.filter((flag) => !known.has(flag)).map((flag) => `autogit ${name} ${flag}`);
  });
}

describe('what the documents tell people to type exists', () => {
  it.each(documents().map(({ path, text }) => [path, text]))('in %s', (_, text) => {
    expect(codeOf(text).flatMap(unknownIn)).toEqual([]);
    const npm = codeOf(text).flatMap((code) =>
      [...code.matchAll(/\bnpm run ([a-z:-]+)/g)].map(([, name]) => name ?? ''),
    );
    expect(npm.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it('would notice a command and a flag that are not there', () => {
    expect(unknownIn('bin/autogit frobnicate')).toEqual(['autogit frobnicate']);
    expect(unknownIn('autogit compile --chekc')).toEqual(['autogit compile --chekc']);
    expect(unknownIn('autogit compile --check | less')).toEqual([]);
  });
});
