import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { parsePlain } from '../../cli/plain-arguments.ts';
import { parseWithCommander } from '../../cli/run-command-line.ts';

describe('the quick way to read a command line', () => {
  it('understands what people write all day', () => {
    const { command, args, options } = parsePlain(['lint', '-f', 'a.yaml', '--format', 'json'], commands) ?? {};
    expect({ name: command?.name, args, options }).toEqual({
      name: 'validate',
      args: [undefined],
      options: { file: 'a.yaml', format: 'json', color: 'auto' },
    });
  });

  it('leaves help, mistakes and everything unusual to commander', () => {
    for (const line of [
      '',
      '--help',
      'validate --help',
      'validat',
      'validate --format xml',
      'validate -f',
      'validate x y',
      'explain',
      'validate -fa.yaml',
      'validate --file=a',
    ]) {
      expect(parsePlain(line === '' ? [] : line.split(' '), commands), line).toBeUndefined();
    }
  });

  it('reads every line that it reads as commander does', async () => {
    const words = [
      ...commands.flatMap(({ name, aliases = [], options = [] }) => [
        name,
        ...aliases,
        ...options.flatMap(([flags]) => flags.split(/[ ,]+/).filter((each) => each.startsWith('-'))),
      ]),
      'a.yaml',
      '-',
      'json',
      'text',
      'xml',
      'pool',
      'linux',
      '',
      '--',
      '-x',
      '0',
      '-1',
      'a b',
    ];
    let read = 0;
    const line = fc.tuple(
      fc.constantFrom(...commands.map(({ name }) => name)),
      fc.array(fc.constantFrom(...words), { maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(line, async ([name, rest]) => {
        const plain = parsePlain([name, ...rest], commands);
        if (plain === undefined) return;
        read += 1;
        const slow = await parseWithCommander([name, ...rest], commands);
        if (typeof slow === 'number') throw new Error(`commander refuses: ${[name, ...rest].join(' ')}`);
        expect({ name: plain.command.name, args: plain.args, options: plain.options }).toEqual({
          name: slow.command.name,
          args: slow.args,
          options: slow.options,
        });
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(200);
  });
});
