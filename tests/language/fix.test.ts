/** `autogit validate --fix`: what it makes of each wrong file, and what holds for every file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { type Mended, mend } from '../../compiler/mend.ts';
import type { Diagnostic } from '../../schema/diagnostic.ts';
import { judgeAll } from './judge.ts';

const wrong = join(import.meta.dirname, 'wrong');
const fixed = join(import.meta.dirname, 'fixed');
const cases = readdirSync(wrong)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));

const textOf = (name: string) => new TextDecoder().decode(readFileSync(join(wrong, `${name}.yaml`)));
const mended = (text: string): Promise<Mended> =>
  mend({ file: 'autogit.yaml', text, judge: async (now) => (await judgeAll(now)).diagnostics });

describe('mending a wrong file', () => {
  it.each(cases)('%s', async (name) => {
    const text = textOf(name);
    const result = await mended(text);
    const golden = join(fixed, `${name}.yaml`);
    if (result.fixed.length > 0) return expect(result.text).toMatchFileSnapshot(golden);
    expect(result.text).toBe(text);
    expect(existsSync(golden)).toBe(false);
  });

  it('leaves no result of a file that is gone', () => {
    expect(readdirSync(fixed).filter((name) => !cases.includes(name.replace(/\.yaml$/, '')))).toEqual([]);
  });
});

/** A right file, line by line, and how people get each line wrong. */
const lines: readonly (readonly [right: string, ...wrong: string[]])[] = [
  ['name: home  # where we live', 'name: Home  # where we live', 'name:home  # where we live'],
  ['domain: home.lan', 'domain: "Home.lan"', "domain: 'https://home.lan/'"],
  ['forge: gitea', 'forge: gitae', 'forgee: gitea', 'forge:\tgitea'],
  ['database: postgres', 'database: postgresql', 'database: Postgres'],
  ['services:', 'servces:'],
  ['  wiki:', '  Wiki:'],
  ['    image: "requarks/wiki:2"', '    imgae: "requarks/wiki:2"', '    image: "https://requarks/wiki:2"'],
  ['    port: 3000', "    port: '3000'", '    prot: 3000'],
  ['    needs: [database]', '    needs: [databse]', '    needs: [database, database]', '    depends_on: [database]'],
  ['    environment: { VERSION: "1.10" }', '    environment: { VERSION: 1.10 }', '    env: { VERSION: "1.10" }'],
  ['    limits: { memory: 512Mi, cpus: 0.5 }', '    limits: { memory: 512MiB, cpus: 500m }'],
  [
    '    health: { http: /healthz, interval: 90s }',
    '    health: /healthz',
    '    health: { http: healthz, interval: 1m30s }',
  ],
  ['    readOnly: true', '    readOnly: yes', '    read_only: true', '    readOnly: "true"'],
  ['runners:', 'runers:'],
  ['  linux: { labels: [docker] }', '  linux: { labels: docker }', '  linux: { labels: [docker, docker] }'],
  ['  # the end'],
];

const file = fc
  .tuple(
    fc.tuple(...lines.map((line) => fc.nat({ max: line.length - 1 }).map((at) => line[at] ?? ''))),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([chosen, end, last]) => chosen.join(end) + (last ? end : ''));

const right = lines.map(([line]) => line).join('\n');

describe('for any file of common mistakes', () => {
  it('mending ends with no mistake, is done at once, and leaves every comment, quote and line end', async () => {
    await fc.assert(
      fc.asyncProperty(file, async (text) => {
        const result = await mended(text);
        expect(result.left).toEqual([]);
        expect((await mended(result.text)).text).toBe(result.text);
        expect(result.text.match(/#.*/g)).toEqual(text.match(/#.*/g));
        expect(result.text.match(/\r?\n/g)).toEqual(text.match(/\r?\n/g));
        const [before, after] = [text.split(/\r?\n/), result.text.split(/\r?\n/)];
        for (const [index, [correct]] of lines.entries()) {
          if (before[index] === correct) expect(after[index]).toBe(correct);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('for any text', () => {
  it('no diagnostic comes that was not there, and what no fix touches means the same', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(right, ...cases.map(textOf)),
        fc.array(change, { maxLength: 3 }),
        async (text, changes) => {
          const broken = changes.reduce((now, each) => each(now), text).toWellFormed();
          const before = (await judgeAll(broken)).diagnostics;
          const result = await mended(broken);
          count += result.fixed.length;
          expect(worst(result.left)).toBeGreaterThanOrEqual(worst(before));
          if (worst(result.left) === worst(before) && worst(before) > 1) expect(newcomers(before, result)).toEqual([]);
          expect((await mended(result.text)).text).toBe(result.text);
          if (result.fixed.length === 0) expect(result.text).toBe(broken);
        },
      ),
      { numRuns: 1000 },
    );
    expect(count).toBeGreaterThan(100);
  });

  it('the values beside a fix stay as they are', async () => {
    for (const name of cases) {
      const text = textOf(name);
      const { fixed: done, text: after } = await mended(text);
      const before = parseDocument(text, { logLevel: 'silent' });
      if (done.length === 0 || before.errors.length > 0 || done.some(({ pointer }) => pointer === '')) continue;
      const touched = done.map(({ pointer }) => pointer.split('/').slice(1, 3).join('/'));
      const [old, now] = [leaves(before.toJS()), leaves(parseDocument(after, { logLevel: 'silent' }).toJS())];
      const beside = [...old].filter(([path]) => !touched.some((each) => path.startsWith(each.split('/')[0] ?? '')));
      for (const [path, value] of beside) expect([name, path, now.get(path)]).toEqual([name, path, value]);
    }
  });
});

/** Cuts, doubles or puts in something somewhere. */
const change = fc
  .record({
    at: fc.nat(),
    length: fc.nat({ max: 6 }),
    put: fc.constantFrom('', ' ', '\n', 'x', "'", '\t', ': ', '#', ','),
  })
  .map(({ at, length, put }) => (text: string) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + put + text.slice(start + length);
  });

/** How early the first kind of error is found: 1 the text, 2 keys and values, and so on; 9 for none. */
function worst(diagnostics: readonly Diagnostic[]): number {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return Math.min(9, ...errors.map(({ code }) => ({ 0: 1, 1: 1, 2: 2, 3: 3, 4: 3 })[code[2] ?? ''] ?? 5));
}

/** What came, except below keys that were not known before. */
function newcomers(before: readonly Diagnostic[], { left, fixed: done }: Mended): readonly string[] {
  const known = new Set(before.map(({ code, message }) => `${code} ${message}`));
  const isBelow = ({ pointer }: Diagnostic) =>
    done.some(
      (each) =>
        each.range.start.offset === each.fix?.edits[0]?.range.start.offset && depth(pointer) > depth(each.pointer),
    );
  return left
    .filter((each) => !isBelow(each))
    .map(({ code, message }) => `${code} ${message}`)
    .filter((key) => !known.has(key));
}

function depth(pointer: string): number {
  return pointer.split('/').length;
}

function leaves(value: unknown, path = ''): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, each]) => [...leaves(each, path === '' ? key : `${path}/${key}`)]),
  );
}
