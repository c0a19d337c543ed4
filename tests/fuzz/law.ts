import { expect } from 'vitest';
import { type Compiled, compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import type { Range } from '../../schema/diagnostic.ts';
import { cpuTimer } from '../language/judge.ts';

/** No text may cost more, in milliseconds of CPU. */
const mostMs = 1000;

/**
 * What holds for every text: the compiler neither throws nor hangs, and it gives either files or an error; each
 * diagnostic points at a range of the text, in order, with a sentence and a code.
 */
export async function obeys(text: string, target: 'compose' | 'kubernetes' | 'all' = 'all'): Promise<Compiled> {
  const spent = cpuTimer();
  const bytes = Buffer.from(text);
  const compiled = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target, everyEnvironment: true });
  const { diagnostics, rendered } = compiled;
  if (spent() > mostMs) expect.fail(`${Math.round(spent())} ms`);
  if (rendered === undefined && !diagnostics.some(({ severity }) => severity === 'error'))
    expect.fail('nothing, and no error');
  const read = text.startsWith('\u{feff}') ? text.slice(1) : text;
  let before = 0;
  for (const { code, message, range, related } of diagnostics) {
    if (!/^AG[1-6]\d\d$/.test(code) || message.trim() === '')
      expect.fail(`a diagnostic without words: ${code} ${message}`);
    for (const each of [range, ...related.map((place) => place.range)]) {
      const fault = faultOf(each, read);
      if (fault !== undefined) expect.fail(`${code} ${message}: ${fault} ${JSON.stringify(each)}`);
    }
    if (range.start.offset < before) expect.fail(`${code} is out of order`);
    before = range.start.offset;
  }
  return compiled;
}

function faultOf({ start, end }: Range, text: string): string | undefined {
  if (start.offset < 0 || end.offset < start.offset || end.offset > text.length) return 'a range outside of the text';
  if (start.line < 1 || start.column < 1 || end.line < start.line) return 'a line or column that is none';
  return undefined;
}
