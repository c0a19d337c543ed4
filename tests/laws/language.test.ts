/** What holds for every text, not only for those that someone thought of. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { diagnosticsText } from '../../cli/diagnostics/text.ts';
import { readDocument } from '../../compiler/read/read-document.ts';
import type { Diagnostic } from '../../schema/diagnostic.ts';
import { cpuTimer, judge } from '../language/judge.ts';

const folder = join(import.meta.dirname, '../language/wrong');
const wrongFiles = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));

const full = `# a platform with most of the language
name: home
domain: home.example.org
gitops: { repository: "https://git.home.example.org/ops/platform.git", interval: 1m, prune: { max: 3 } }
hosts:
  local: unix:///var/run/docker.sock
  mac: { engine: process }
forge: { use: forgejo, ssh: { port: 2222 }, size: 20Gi }
ingress: traefik
database: postgres
services:
  wiki:
    image: 'requarks/wiki:2'
    port: 3000
    host: wiki
    needs: [database]
    volumes: { data: { path: /data, size: 5Gi }, cache: /cache }
    environment:
      DB_PASS_FILE: { secret: wiki-db }
      MESSAGE: |
        two
        lines
      LONG: >-
        folded
        text
      PORT: 3000
    health: { http: /healthz, interval: 10s }
    limits: &small
      cpus: 0.5
      memory: 256Mi
  udp: { image: "coredns/coredns:1.12", ports: { dns: { port: 53, protocol: udp, publish: 53 } }, limits: *small }
runners:
  linux:
    labels:
    - docker
    - linux
    size: { max: 8, idle: 1, idleTime: 10m }
secrets: { wiki-db: { generate: { length: 32 } } }
`;
const texts = [full, ...wrongFiles];

/** A text with something cut, doubled, moved or put in: most are broken in a way that nobody planned. */
const mutated = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(
      fc.record({
        at: fc.nat(),
        length: fc.nat({ max: 12 }),
        put: fc.oneof(
          fc.constantFrom(
            '',
            ' ',
            '\n',
            '  ',
            ': ',
            '- ',
            '[',
            ']',
            '{',
            '}',
            ',',
            '"',
            "'",
            '#',
            '&a ',
            '*a',
            '!t ',
            '|',
            '>',
            '\t',
            '? ',
            '%',
            '---\n',
            '...\n',
            '<<',
            '~',
            '\\',
            '@',
            '\r\n',
            '\u00e9',
            '😀',
          ),
          fc.string({ unit: 'binary', maxLength: 6 }),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, edits]) =>
    edits
      .reduce((now, { at, length, put }) => {
        const start = at % (now.length + 1);
        return now.slice(0, start) + put + now.slice(start + length);
      }, text)
      .toWellFormed(),
  );

describe('for any text', () => {
  it('an answer comes within a second, with a place inside the text, a known code and something to show', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const cpuMs = cpuTimer();
        const { diagnostics } = await judge(text);
        expect(cpuMs()).toBeLessThan(1000);
        for (const diagnostic of diagnostics) expectSound(diagnostic, text);
        expect(sorted(diagnostics)).toBe(true);
        expect(diagnosticsText(diagnostics, { text, colour: false })).not.toMatch(/undefined|NaN|\[object/);
      }),
      { numRuns: 2000 },
    );
  });

  it('what one reader accepts, the other reads as the same values', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const { document, diagnostics } = await readDocument({ file: 'autogit.yaml', bytes: encode(text) });
        if (document === undefined || diagnostics.length > 0) return;
        accepted += 1;
        const other = parseDocument(text.replace(/^\ufeff/, ''), {
          version: '1.2',
          schema: 'core',
          merge: false,
          uniqueKeys: false,
          logLevel: 'silent',
        });
        expect(other.errors).toEqual([]);
        expect(JSON.stringify(document.tree)).toBe(JSON.stringify(plain(other.toJS({ maxAliasCount: -1 }))));
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('any bytes at all get an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const { diagnostics } = await judge(bytes);
        for (const { code, message } of diagnostics) expect(`${code} ${message}`).toMatch(/^AG\d{3} \S/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('for any values', () => {
  const key = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 })
    .filter((text) => text !== '<<' && text !== '__proto__');
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));

  it('what a YAML writer wrote is read as it was, or refused with a reason', async () => {
    let equal = 0;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 }), fc.boolean(), async (value, wide) => {
        const text = stringify(value, { version: '1.2', lineWidth: wide ? 0 : 60 });
        const { document, diagnostics } = await readDocument({ file: 'autogit.yaml', bytes: encode(text) });
        if (document === undefined || diagnostics.length > 0) return;
        equal += 1;
        expect(JSON.stringify(document.tree)).toBe(JSON.stringify(plain(value)));
      }),
      { numRuns: 1500 },
    );
    expect(equal).toBeGreaterThan(500);
  });

  it('JSON is read as JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 }), async (value) => {
        const text = JSON.stringify(plain(value), null, 2);
        const { document, diagnostics } = await readDocument({ file: 'autogit.yaml', bytes: encode(text) });
        if (document === undefined || diagnostics.length > 0) return;
        expect(JSON.stringify(document.tree)).toBe(text.length > 0 ? JSON.stringify(JSON.parse(text, zero)) : '');
      }),
      { numRuns: 500 },
    );
  });
});

describe('the order of the file', () => {
  it('leaves no trace in what it means', async () => {
    const { spec } = await judge(full);
    expect(spec).toBeDefined();
    const tree = parseDocument(full).toJS() as unknown;
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const text = stringify(shuffled(tree, numbers[Symbol.iterator]()), { aliasDuplicateObjects: false });
        const other = await judge(text);
        expect(other.diagnostics).toEqual([]);
        expect(JSON.stringify(other.spec)).toBe(JSON.stringify(spec));
      }),
      { numRuns: 50 },
    );
  });
});

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function expectSound({ code, message, range, related }: Diagnostic, text: string): void {
  expect(code).toMatch(/^AG[12]\d\d$/);
  expect(message).toMatch(/\S/);
  for (const { start, end } of [range, ...related.map((place) => place.range)]) {
    const before = text.replace(/^\ufeff/, '').slice(0, start.offset);
    expect(start.offset).toBeLessThanOrEqual(end.offset);
    expect(end.offset).toBeLessThanOrEqual(text.length);
    expect(start.line).toBe(before.split('\n').length);
    expect(start.column).toBe(before.length - (before.lastIndexOf('\n') + 1) + 1);
  }
}

function sorted(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.every(
    (each, index) => index === 0 || (diagnostics[index - 1]?.range.start.offset ?? 0) <= each.range.start.offset,
  );
}

/** Without the difference between -0 and 0, which YAML and JSON have no word for. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), zero) as unknown;
}

function zero(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? 0 : value;
}

function shuffled(value: unknown, numbers: Iterator<number>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => ({
    key,
    inner: shuffled(inner, numbers),
    rank: numbers.next().value as number,
  }));
  return Object.fromEntries(entries.sort((a, b) => a.rank - b.rank).map(({ key, inner }) => [key, inner]));
}
