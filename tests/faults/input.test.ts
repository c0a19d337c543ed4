/** Bad input files through the whole compiler: one clear message with a next step each, and no output. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { cpuTimer } from '../language/judge.ts';

const head = 'name: home\ndomain: home.lan\n';
const bytes = (text: string) => new TextEncoder().encode(text);
const service = (id: string, more: string) => `  ${id}: { image: "app:1", ${more} }\n`;

const cases: Readonly<
  Record<string, { readonly input: string | Uint8Array; readonly says: RegExp; readonly next: RegExp }>
> = {
  'an empty file': { input: '', says: /^1:1 AG106 the file is empty/, next: /`name:` and `domain:`/ },
  'a file of 10 MB': {
    input: new Uint8Array(10_000_000).fill(0x20),
    says: /^1:1 AG102 the file is larger than 1 MiB/,
    next: /split/,
  },
  'a file that is not UTF-8': {
    input: new Uint8Array([...bytes('name: caf'), 0xe9, 0x0a]),
    says: /^1:10 AG103 .*byte 0xe9/,
    next: /save it as UTF-8/,
  },
  tabs: { input: `${head}services:\n\twiki:\n`, says: /^4:1 AG105 a tab/, next: /spaces/ },
  'a key twice': { input: `${head}name: house\n`, says: /^3:1 AG108 the key `name` is there twice/, next: /keep one/ },
  'an alias bomb': {
    input: `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
    says: /AG109 with \*d written out the file has more than 50000 values/,
    next: /write out what is needed/,
  },
  'an unknown key': {
    input: `${head}servics: {}\n`,
    says: /^3:1 AG201 unknown key 'servics'/,
    next: /did you mean `services`/,
  },
  'a wrong unit': {
    input: `${head}services:\n${service('wiki', 'limits: { memory: 64MB }')}`,
    says: /AG205 `memory` must be a size/,
    next: /write 64Mi/,
  },
  'an unknown reference': {
    input: `${head}database: postgres\nservices:\n${service('wiki', 'needs: [databse]')}`,
    says: /AG301 .*databse/,
    next: /database/,
  },
  'a circle of needs': {
    input: `${head}services:\n${service('a', 'port: 80, needs: [b]')}${service('b', 'port: 80, needs: [a]')}`,
    says: /AG402 /,
    next: /./,
  },
  'a port that is taken twice': {
    input: `${head}services:\n${service('a', 'ports: { x: { port: 1, publish: 53 } }')}${service('b', 'ports: { x: { port: 1, publish: 53 } }')}`,
    says: /AG404 /,
    next: /./,
  },
};

describe('bad input', () => {
  it.each(Object.entries(cases))('%s', async (_name, { input, says, next }) => {
    const cpuMs = cpuTimer();
    const result = await compile({
      file: 'autogit.yaml',
      bytes: typeof input === 'string' ? bytes(input) : input,
      catalog,
      targets,
    });
    expect(cpuMs()).toBeLessThan(2000);
    const [first] = result.diagnostics;
    expect(`${first?.range.start.line}:${first?.range.start.column} ${first?.code} ${first?.message}`).toMatch(says);
    expect(first?.hint ?? '').toMatch(next);
    expect({ platform: result.platform, rendered: result.rendered }).toEqual({
      platform: undefined,
      rendered: undefined,
    });
  });
});
