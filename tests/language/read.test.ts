/** The text and its limits: what the reader takes, what it refuses, and where it says so. */
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../compiler/read/read-document.ts';
import type { Document } from '../../schema/document.ts';
import { cpuTimer } from './judge.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const read = (text: string | Uint8Array) =>
  readDocument({ file: 'autogit.yaml', bytes: typeof text === 'string' ? encode(text) : text });

async function document(text: string): Promise<Document> {
  const result = await read(text);
  expect(result.diagnostics).toEqual([]);
  if (result.document === undefined) throw new Error('no document');
  return result.document;
}

async function refused(text: string | Uint8Array): Promise<string> {
  const { diagnostics } = await read(text);
  return diagnostics
    .map(({ code, range, message }) => `${range.start.line}:${range.start.column} ${code} ${message}`)
    .join('\n');
}

describe('values', () => {
  it('are those of the YAML 1.2 core schema', async () => {
    const { tree } = await document(
      'a: no\nb: true\nc: ~\nd: 0o17\ne: 017\nf: 0x1F\ng: 1.5e3\nh: 12:30\ni: 2026-01-01\nj: 1_000\nk: +5\nl: .5\nm: "true"\n',
    );
    expect({ ...tree }).toEqual({
      a: 'no',
      b: true,
      c: null,
      d: 15,
      e: 17,
      f: 31,
      g: 1500,
      h: '12:30',
      i: '2026-01-01',
      j: '1_000',
      k: 5,
      l: 0.5,
      m: 'true',
    });
  });

  it('keep an alias as the value that it repeats', async () => {
    const { tree } = await document('a: &x { b: [1, 2] }\nc: *x\n');
    expect(JSON.stringify(tree)).toBe('{"a":{"b":[1,2]},"c":{"b":[1,2]}}');
  });

  it('are read with a byte order mark, Windows line ends and no line end at the end', async () => {
    expect({ ...(await document('\ufeffname: home\r\ndomain: home.lan')).tree }).toEqual({
      name: 'home',
      domain: 'home.lan',
    });
  });

  it('never reach a prototype', async () => {
    const { tree } = await document('__proto__: { polluted: yes }\nconstructor: { prototype: 1 }\n');
    expect(Object.keys(tree)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(tree)).toBeNull();
  });

  it('of 1,000 services are read within a second', async () => {
    const services = Array.from(
      { length: 1000 },
      (_, n) => `  s${n}: { image: "app:${n}", port: ${n + 1}, environment: { A: b, C: d } }\n`,
    );
    const cpuMs = cpuTimer();
    await document(`name: home\nservices:\n${services.join('')}`);
    expect(cpuMs()).toBeLessThan(1000);
  });
});

describe('places', () => {
  const text = 'name: home\nservices:\n  wiki:\n    image: "a b"\n    ports: [80, 443]\n  "q/u~o": {}\n';

  it('of keys and values are found by pointer', async () => {
    const { locate } = await document(text);
    const at = (pointer: string, what?: 'key' | 'value') => {
      const { start, end } = locate(pointer, what);
      return `${start.line}:${start.column} ${text.slice(start.offset, end.offset)}`;
    };
    expect(at('/services/wiki/image')).toBe('4:12 "a b"');
    expect(at('/services/wiki/image', 'key')).toBe('4:5 image');
    expect(at('/services/wiki/ports/1')).toBe('5:17 443');
    expect(at('/services/wiki/ports')).toBe('5:12 [80, 443]');
    expect(at('/services/q~1u~0o', 'key')).toBe('6:3 "q/u~o"');
    expect(at('')).toBe('1:1 name');
  });

  it('of what is not there are those of the nearest parent', async () => {
    const { locate } = await document(text);
    expect(locate('/services/wiki/limits/memory').start).toEqual(locate('/services/wiki', 'key').start);
    expect(locate('/forge').start).toEqual({ line: 1, column: 1, offset: 0 });
  });

  it('know how a scalar was written', async () => {
    const { written } = await document('a: 1.10\nb: "x"\nc: { d: 0x1F }\n');
    expect([written('/a'), written('/b'), written('/c/d'), written('/c'), written('/e')]).toEqual([
      '1.10',
      '"x"',
      '0x1F',
      undefined,
      undefined,
    ]);
  });
});

describe('a text is refused when it', () => {
  it('is larger than 1 MiB', async () => {
    expect(await refused(new Uint8Array(10_000_000).fill(32))).toBe('1:1 AG102 the file is larger than 1 MiB');
  });

  it('is not UTF-8, with the byte that is not', async () => {
    expect(await refused(new Uint8Array([...encode('name: caf'), 0xe9, 0x0a]))).toBe(
      '1:10 AG103 the file is not UTF-8: byte 0xe9 at offset 9',
    );
    expect(await refused(new Uint8Array([0xff, 0xfe, 0x6e, 0x00]))).toBe('1:1 AG103 the file is UTF-16, not UTF-8');
    expect(await refused(new Uint8Array([...encode('a: '), 0xc3]))).toBe(
      '1:4 AG103 the file is not UTF-8: byte 0xc3 at offset 3',
    );
  });

  it.each([
    ['\u0000', 'U+0000'],
    ['\u0007', 'U+0007'],
    ['\u001b', 'U+001B'],
    ['\u0085', 'U+0085'],
    ['\u200b', 'U+200B'],
    ['\u202e', 'U+202E'],
    ['\u2028', 'U+2028'],
    ['\u2066', 'U+2066'],
    ['\r', 'U+000D'],
  ])('has the character %j', async (character, name) => {
    expect(await refused(`name: ho${character}me\n`)).toMatch(
      new RegExp(`^1:9 AG104 the character ${name.replace('+', '\\+')} `),
    );
  });

  it('is nested deeper than 64 levels, by brackets or by indentation', async () => {
    const deep = (levels: number) => `a: ${'['.repeat(levels)}${']'.repeat(levels)}\n`;
    expect((await read(deep(63))).diagnostics).toEqual([]);
    expect(await refused(deep(64))).toMatch(/AG110 the file is more than 64 levels deep/);
    expect(await refused(deep(100_000))).toMatch(/AG110/);
    expect(await refused(Array.from({ length: 70 }, (_, n) => `${' '.repeat(n)}a:\n`).join(''))).toMatch(/AG110/);
    expect(await refused('- '.repeat(100_000))).toMatch(/AG110/);
  });

  it('has more than 50,000 values', async () => {
    expect(await refused(`a: [${'1,'.repeat(60_000)}]\n`)).toMatch(/AG111 the file has more than 50000 values/);
  });

  it('has more than 100 aliases, or aliases that grow', async () => {
    const honest = (count: number) => `a: &x { b: 1 }\nc: [${'*x, '.repeat(count)}]\n`;
    expect((await read(honest(100))).diagnostics).toEqual([]);
    expect(await refused(honest(101))).toMatch(/AG109 more than 100 aliases/);
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1]',
      ...'bcdefghi'.split('').map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[n]}`).join(',')}]`),
    ];
    expect(await refused(`${bomb.join('\n')}\n`)).toMatch(
      /AG109 with \*d written out the file has more than 50000 values/,
    );
  });

  it('has a depth that only aliases make', async () => {
    const levels = Array.from({ length: 40 }, (_, n) => (n === 0 ? 'a0: &a0 [[1]]' : `a${n}: &a${n} [[*a${n - 1}]]`));
    expect(await refused(`${levels.join('\n')}\n`)).toMatch(
      /AG110 with \*a\d+ written out the file is more than 64 levels deep/,
    );
  });

  it('has 16,000 keys in one map: in less than a second, and each double one is told', async () => {
    const cpuMs = cpuTimer();
    const keys = Array.from({ length: 16_000 }, (_, n) => `k${n}: 1\n`).join('');
    expect(await refused(`${keys}k7: 2\n`)).toBe('16001:1 AG108 the key `k7` is there twice');
    expect(cpuMs()).toBeLessThan(1000);
  });

  it('has thousands of mistakes: in less than a second', async () => {
    const cpuMs = cpuTimer();
    expect(await refused('a: '.concat('[\n'.repeat(3000)))).toMatch(/AG1/);
    expect(await refused(`a: "${'x'.repeat(1_000_000)}`)).toMatch(/AG101/);
    expect(await refused(': '.repeat(400_000))).toMatch(/AG1/);
    expect(cpuMs()).toBeLessThan(3000);
  });
});

describe('tabs', () => {
  it('are fine inside text and comments', async () => {
    const { tree } = await document('a: "x\ty" # a\tcomment\n#\tanother\nb: |\n  1\t2\n  \t3\n');
    expect({ ...tree }).toEqual({ a: 'x\ty', b: '1\t2\n\t3\n' });
  });

  it('are refused where they separate', async () => {
    expect(await refused('a:\t1\n')).toBe('1:3 AG105 a tab stands where only spaces may');
    expect(await refused('a: { b: 1,\tc: 2 }\n')).toBe('1:11 AG105 a tab stands where only spaces may');
    expect(await refused('a: 1\t\n')).toBe('1:5 AG105 a tab stands where only spaces may');
  });
});
