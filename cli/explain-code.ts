import { nearestName } from '../compiler/model/nearest.ts';
import { acceptance, codes } from '../schema/codes.ts';
import type { Options } from './commands.ts';
import { exitCode } from './exit-code.ts';

/** What a diagnostic's code means, with a wrong and a right file, and how it is accepted where it can be. */
export async function explainCode(code: string, options: Options): Promise<number> {
  const entry = codes[code];
  if (entry === undefined) {
    const near = nearestName(code, Object.keys(codes));
    process.stderr.write(
      `autogit: there is no diagnostic ${code}\nnext: ${near === undefined ? 'see docs/errors/INDEX.md' : `did you mean ${near}?`}\n`,
    );
    return exitCode.usage;
  }
  if (options.format === 'json') {
    process.stdout.write(`${JSON.stringify({ code, ...entry }, null, 2)}\n`);
    return exitCode.fine;
  }
  const parts = [
    `${code}: ${entry.title}`,
    entry.why,
    entry.note,
    example('wrong', entry.wrong),
    example('right', entry.right),
    example('or accept it, with the reason', acceptance(code, entry)),
  ];
  process.stdout.write(`${parts.filter((part) => part !== undefined).join('\n\n')}\n`);
  return exitCode.fine;
}

function example(title: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const lines = text.trimEnd().split('\n');
  return `${title}:\n${lines.map((line) => `    ${line}`.trimEnd()).join('\n')}`;
}
