import { describe, expect, it } from 'vitest';
import { diagnosticsText } from '../../cli/diagnostics/text.ts';
import { cpuTimer, judge } from './judge.ts';

async function shown(text: string, colour = false): Promise<string> {
  const { diagnostics } = await judge(text);
  return diagnosticsText(diagnostics, { text, colour });
}

describe('diagnostics as text', () => {
  it('put the carets under the place when characters are wide, combined or many', async () => {
    const text = await shown(
      'name: home\ndomain: home.lan\nservices:\n  w: { image: a, environment: { T: "知識e\u0301😀", V: 1.0 } }\n',
    );
    const [, line = '', carets = ''] = /\n( {2}4 \|.*)\n( +\|.*)\n/.exec(text) ?? [];
    // Three wide characters take six columns of a terminal but seven UTF-16 units with the combining mark.
    const before = line.slice(0, line.indexOf('1.0'));
    const columns = [...before.replace(/\u0301/g, '')].reduce((sum, each) => sum + (/[知識😀]/u.test(each) ? 2 : 1), 0);
    expect(carets.indexOf('^')).toBe(columns);
    expect(carets.trimEnd().length - carets.indexOf('^')).toBe(3);
  });

  it('show a part of a long line, with the place in sight', async () => {
    const text = await shown(
      `name: home\ndomain: home.lan\nservices: { w: { image: a, environment: { T: "${'x'.repeat(300)}" }, prot: 1 } }\n`,
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(120);
    const [, line = '', carets = ''] = /\n( {2}3 \|.*)\n( +\|.*)\n/.exec(text) ?? [];
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('prot');
  });

  it('count a family of emoji as one wide letter', async () => {
    const text = await shown(
      'name: home\ndomain: home.lan\nservices:\n  w: { image: a, environment: { T: "❤️🇪🇸👍🏽", V: 1.0 } }\n',
    );
    const [, line = '', carets = ''] = /\n( {2}4 \|.*)\n( +\|.*)\n/.exec(text) ?? [];
    const before = line.slice(0, line.indexOf('1.0')).replace(/❤️|🇪🇸|👍🏽/gu, 'xx');
    expect(carets.indexOf('^')).toBe(before.length);
  });

  it('fit the width of the terminal', async () => {
    const content = `name: home\ndomain: home.lan\nservices: { w: { image: a, environment: { T: "${'知'.repeat(200)}" }, prot: 1 } }\n`;
    const { diagnostics } = await judge(content);
    for (const width of [40, 60, 80, 200]) {
      const frame = diagnosticsText(diagnostics, { text: content, colour: false, width })
        .split('\n')
        .filter((line) => /^ {2,}\d* *\|/.test(line));
      const columns = frame.map((line) => line.length + (line.match(/知/g)?.length ?? 0));
      expect(Math.max(...columns)).toBeLessThanOrEqual(width);
      expect(frame.at(-1)?.trimEnd()).toMatch(/\^{4}$/);
    }
  });

  it('show the first and the last line of a place over several lines', async () => {
    expect(
      await shown(
        'name: home\ndomain: home.lan\nservices:\n  w:\n    image: a\n    port:\n      - 1\n      - 2\n      - 3\n',
      ),
    ).toContain(
      ['  6 |     port:', '  7 |       - 1', '    |       ^^^', '    | …', '  9 |       - 3', '    |       ^^^'].join(
        '\n',
      ),
    );
  });

  it('show the lines of both ends of a mistake', async () => {
    expect(await shown('name: home\ndomain: home.lan\ntarget: compose\ntarget: kubernetes\n')).toBe(
      [
        'autogit.yaml:4:1: error AG108: the key `target` is there twice',
        '  3 | target: compose',
        '  4 | target: kubernetes',
        '    | ^^^^^^',
        '  see  autogit.yaml:3:1: it is here for the first time',
        '  3 | target: compose',
        '    | ^^^^^^',
        '  next keep one of the two',
        '',
        '1 error. `autogit explain AG108` tells more.',
        '',
      ].join('\n'),
    );
  });

  it('never send a control sequence of the file to the terminal', async () => {
    const text = await shown('name: "\u001b[2J\u001b]0;owned\u0007"\ndomain: home.lan\n');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('·[2J·]0;owned·');
  });

  it('are coloured only when asked', async () => {
    expect(await shown('name: Home\n')).not.toContain('\u001b[');
    expect(await shown('name: Home\n', true)).toContain('\u001b[31m');
  });

  it('show the first hundred and say how many there are', async () => {
    const keys = Array.from({ length: 250 }, (_, n) => `x${n}: 1\n`).join('');
    const text = await shown(`name: home\ndomain: home.lan\n${keys}`);
    expect(text.match(/error AG201/g)).toHaveLength(100);
    expect(text).toMatch(
      /\n250 errors; the first 100 are shown, 150 more are not\. `autogit explain AG201` tells more\.\n$/,
    );
  });

  it('of 20,000 unknown keys come within a second', async () => {
    const keys = Array.from({ length: 20_000 }, (_, n) => `service${n}: 1\n`).join('');
    const cpuMs = cpuTimer();
    await shown(`name: home\ndomain: home.lan\n${keys}`);
    expect(cpuMs()).toBeLessThan(1000);
  });
});
