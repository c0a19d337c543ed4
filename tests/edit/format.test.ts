import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { format } from '../../compiler/edit/format.ts';
import { formatPlatform } from '../../compiler/edit-platform.ts';
import { bytesOf, cases } from '../compiler/cases.ts';

const here = join(import.meta.dirname, '..');
const golden = join(here, 'import/golden');
const corpus: readonly (readonly [name: string, text: string])[] = [
  ...cases().map((each) => [each.file, new TextDecoder().decode(bytesOf(each))] as const),
  ...readdirSync(golden)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [`imported ${name}`, readFileSync(join(golden, name), 'utf8')] as const),
];

/** Files with mistakes are formatted as well, as long as they can be read. */
const wrong = readdirSync(join(here, 'language/wrong'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [name, readFileSync(join(here, 'language/wrong', name), 'utf8')] as const);

/** Every key stands where formatting moves it away from, and blocks end in all the ways that blocks can end. */
const upsideDown = [
  `services:
  w:
    environment:
      # env
      A: b
    # end
    image: "x:1"
    needs:
      - a
      - b
  a:
    configs:
      x:
        text: |
          hello
        path: /x
    image: "a:1"
domain: home.lan
patches:
  - why: x
    # of the service
    target: { kind: service, name: w }
    merge:
      init: false
  - merge: { init: true }
    why: y
    target:
      name: a
      kind: service
runners:
  linux:
    size: { max: 2 }
    labels: [docker]
name: home
`,
  `services:
  w:
    image: "x:1"
    environment:
      A: b
      # env
    # end
# domain
domain: home.lan

name: home # this one
`,
];

function formatted(text: string): string {
  const result = format(text);
  if (result.kind === 'refused') throw new Error(result.why);
  return result.text;
}

describe('formatting', () => {
  it.each(corpus)('%s keeps its meaning and its comments, and formatting again changes nothing', (_, text) => {
    const once = formatted(text);
    expect(parse(once)).toEqual(parse(text));
    expect(formatted(once)).toBe(once);
    const comments = (each: string) =>
      each
        .split('\n')
        .flatMap((line) => /(?:^|\s)#\s*(.*)$/.exec(line)?.[1] ?? [])
        .sort();
    expect(comments(once)).toEqual(comments(text));
  });

  it.each(wrong)('%s, which has mistakes, is either not touched or keeps what it says', async (name, text) => {
    const bytes = new TextEncoder().encode(text);
    const result = await formatPlatform({ file: name, bytes });
    if (result.kind === 'unreadable') return expect(result.diagnostics.length).toBeGreaterThan(0);
    if (result.kind === 'refused') return expect(text).toMatch(/[&*]/);
    expect(format(result.text)).toEqual(result);
  });

  it('comes to rest after one time, wherever a comment stands, and keeps the comment of a top-level key above it', () => {
    for (const text of [...upsideDown, ...corpus.flatMap(([, each]) => (each.length < 700 ? [each] : []))]) {
      const lines = text.split('\n');
      const step = upsideDown.includes(text) ? 1 : 7;
      for (const [at, line] of lines.entries()) {
        if (at % step !== 0) continue;
        for (const indent of new Set([0, 2, /^ */.exec(line)?.[0].length ?? 0])) {
          const planted = [...lines.slice(0, at), `${' '.repeat(indent)}# planted`, ...lines.slice(at)].join('\n');
          const result = format(planted);
          // A comment in a block text is text, and one in a list of lines may end it.
          if (result.kind === 'refused') expect(result.why).toMatch(/this is not YAML/);
          else {
            expect(format(result.text)).toEqual(result);
            const key = /^[a-z]+:/.exec(line)?.[0];
            if (indent === 0 && key !== undefined)
              expect(result.text).toMatch(new RegExp(`^# planted\\n(?:#.*\\n|\\n)*${key}`, 'm'));
          }
        }
      }
    }
  });

  it('keeps the comment of an item of a list above it, also when its first key is another one then', () => {
    const text = `patches:
  # because of the disk
  - why: x
    # the wiki
    target: { kind: service, name: w }
    merge: { init: false }
`;
    expect(formatted(text)).toBe(`patches:
  # because of the disk
  # the wiki
  - target: { kind: service, name: w }
    why: x
    merge: { init: false }
`);
  });

  it('puts keys in the order of the schema, each with the comment above it', () => {
    const text = `# the home platform

runners:
    # for everybody
    linux: {size: {max: 2}, labels: [ docker ]}
services:
    # the wiki
    wiki:
        # served at wiki.home.lan
        host: wiki
        port: 3000   # HTTP
        image: 'a/b:1'
# who we are
domain: home.lan
name: home
`;
    expect(formatted(text)).toBe(`# the home platform

name: home
# who we are
domain: home.lan
services:
  # the wiki
  wiki:
    image: 'a/b:1'
    port: 3000 # HTTP
    # served at wiki.home.lan
    host: wiki
runners:
  # for everybody
  linux: { labels: [docker], size: { max: 2 } }
`);
  });

  it('keeps ids in the order of the author, and block texts as they are', () => {
    const text = `name: home
domain: home.lan
services:
  b:
    image: x/b
    configs: { a.conf: { path: /a, text: "x" } }
  a:
    image: x/a
    configs:
      b.conf:
        path: /b
        text: |
          first

            second
`;
    expect(formatted(text)).toBe(text);
  });

  it('refuses what is no YAML', () => {
    expect(format('name: [a').kind).toBe('refused');
  });

  it('leaves the order of a file with aliases alone', () => {
    const text = 'domain: home.lan\nname: home\nservices:\n  a: &a { image: x/a }\n  b: *a\n';
    expect(formatted(text)).toBe(text);
  });
});
