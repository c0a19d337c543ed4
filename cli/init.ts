import { basename, dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Options } from './commands.ts';
import { exitCode } from './exit-code.ts';
import { type Answers, platformText, type Question, questions } from './init-questions.ts';
import { alreadyThere, writeNewFile } from './new-file.ts';
import { schemaUrl } from './schema-url.ts';
import { type Terminal, terminal } from './terminal.ts';

/**
 * `autogit init`: asks five questions on a terminal, or takes flags, and writes a platform file with comments. What a flag
 * says is not asked. 0 when it was written, 1 when there is one already or the asking was stopped, 64 for a wrong flag.
 */
export async function runInit(options: Options): Promise<number> {
  const screen = terminal();
  const output = String(options.output);
  const there = output === '-' ? undefined : alreadyThere(output);
  if (there !== undefined) return refuse(screen, there.code, there.message, there.next);
  const asked = questions(basename(dirname(resolve(output === '-' ? 'autogit.yaml' : output))));
  for (const { key, wrong } of asked) {
    const why = options[key] === undefined ? undefined : wrong(String(options[key]));
    if (why !== undefined) return refuse(screen, exitCode.usage, `--${key} ${options[key]} will not do`, why);
  }
  const open = asked.filter(({ key }) => options[key] === undefined);
  const onTerminal = process.stdin.isTTY === true;
  if (open.length > 0 && options.yes !== true && !onTerminal) {
    const flags = open.map(({ key }) => `--${key}`).join(', ');
    return refuse(
      screen,
      exitCode.usage,
      'there is no terminal to ask on',
      `add --yes for the usual answers, or say ${flags}`,
    );
  }
  const answers = options.yes === true ? usual(asked, options) : await ask(asked, options, screen);
  if (answers === undefined) {
    screen.err('\nautogit: stopped, and nothing was written\n');
    return exitCode.failed;
  }
  return write(output, platformText(answers, schemaUrl), screen);
}

function usual(asked: readonly Question[], options: Options): Answers {
  return Object.fromEntries(
    asked.map(({ key, ifAbsent }) => [key, String(options[key] ?? ifAbsent)]),
  ) as unknown as Answers;
}

/** Undefined when the person stopped it. Nothing is written before all answers are there. */
async function ask(asked: readonly Question[], options: Options, { err }: Terminal): Promise<Answers | undefined> {
  const stopped = new AbortController();
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C, and Ctrl-D, which ends the input.
  lines.on('SIGINT', () => stopped.abort());
  lines.on('close', () => stopped.abort());
  const answers: Record<string, string> = {};
  try {
    for (const question of asked) {
      const { key, text, choices, ifAbsent, wrong } = question;
      const given = options[key];
      if (given !== undefined) {
        answers[key] = String(given);
        continue;
      }
      const words =
        choices === undefined ? ifAbsent : choices.map((each) => (each === ifAbsent ? `[${each}]` : each)).join(' / ');
      for (let answer: string | undefined; answers[key] === undefined; ) {
        answer = (await lines.question(`${text}\n  ${words}: `, { signal: stopped.signal })).trim() || ifAbsent;
        const why = wrong(answer);
        if (why === undefined) answers[key] = answer;
        else err(`  ${answer} will not do: ${why}\n`);
      }
    }
    return answers as unknown as Answers;
  } catch (error) {
    if (stopped.signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
  }
}

function write(output: string, text: string, screen: Terminal): number {
  if (output === '-') {
    screen.out(text);
    return exitCode.fine;
  }
  const failure = writeNewFile(output, text);
  if (failure !== undefined) return refuse(screen, failure.code, failure.message, failure.next);
  const flag = output === 'autogit.yaml' ? '' : ` -f ${output}`;
  screen.out(`${output} is written\nnext: autogit validate${flag}\nnext: autogit compile${flag} -o rendered\n`);
  return exitCode.fine;
}

function refuse({ err }: Terminal, code: number, message: string, next: string): number {
  err(`autogit: ${message}\nnext: ${next}\n`);
  return code;
}
