import { CommanderError, InvalidArgumentError, Option, Command as Program } from 'commander';
import { type Command, commands, type Options } from './commands.ts';
import { exitCode } from './exit-code.ts';
import type { Parsed } from './plain-arguments.ts';
import { version } from './version.ts';

/**
 * Runs what was typed and gives the exit code. A mistake in the command line itself is told with the nearest command
 * or option and gives 64.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    process.stderr.write(`${programOf(commands, () => {}).helpInformation()}\n${begin}\n`);
    return exitCode.usage;
  }
  const parsed = await parseWithCommander(args, commands);
  return typeof parsed === 'number' ? parsed : parsed.command.run(parsed.args, parsed.options);
}

/** What commander understands, or the exit code after it has answered by itself. */
export async function parseWithCommander(args: readonly string[], known: readonly Command[]): Promise<Parsed | number> {
  let parsed: Parsed | undefined;
  const program = programOf(known, (found) => {
    parsed = found;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.fine : exitCode.usage;
  }
  return parsed ?? exitCode.fine;
}

const begin = `Begin with \`autogit init\`, or with \`autogit import\` where there is a Compose file; then validate, compile, plan.
A command ends with 0 when all is well, 1 for mistakes in files or what failed, 2 where a difference was found, 64 for a
mistake in the command line, 69 when something outside does not answer, 70 for a bug.`;

function programOf(known: readonly Command[], found: (parsed: Parsed) => void): Program {
  const program = new Program('autogit')
    .description('One autogit.yaml describes a self-hosted platform.')
    .version(`autogit ${version}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', `\n${begin}`)
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`${inOurWords(text)}\n`) });
  for (const command of known) add(program, command, found);
  return program;
}

function add(program: Program, command: Command, found: (parsed: Parsed) => void): void {
  const sub = program
    .command([command.name, ...(command.arguments ?? [])].join(' '))
    .aliases(command.aliases ?? [])
    .summary(command.summary)
    .description(command.summary)
    .allowExcessArguments(false)
    .configureOutput({ outputError: (text, write) => write(`${inOurWords(text, command)}\n`) });
  for (const [flags, meaning, ifAbsent, choices] of command.options ?? []) {
    const option = new Option(flags, meaning);
    if (ifAbsent !== undefined) option.default(ifAbsent);
    if (choices !== undefined) option.choices(choices);
    else if (flags.includes('<')) option.argParser(realValue);
    if (command.several?.includes(option.attributeName()) === true) option.argParser(joined);
    sub.addOption(option);
  }
  sub.action((...given: unknown[]) => {
    const names = command.arguments ?? [];
    // The last one may be several: commander gives those as a list.
    const args = given.slice(0, names.length).flat() as (string | undefined)[];
    found({ command, args, options: given[names.length] as Options });
  });
}

/** `-o --check` forgot the folder and would make one of that name. */
function realValue(value: string): string {
  if (/^-[-a-z]/i.test(value)) throw new InvalidArgumentError('Is its value missing?');
  return value;
}

function joined(value: string, before: string | undefined): string {
  return before === undefined ? value : `${before},${value}`;
}

/** \`error: unknown command 'x'\n(Did you mean y?)\` → AutoGit's shape of a message. */
function inOurWords(text: string, command?: Command): string {
  const [first = '', ...rest] = text.trim().split('\n');
  const near = /\(Did you mean (.*)\?\)/.exec(rest.join(' '));
  const next = near === null ? nextStep(first, command) : `did you mean ${near[1]}?`;
  return `autogit: ${first.replace(/^error: /, '')}\nnext: ${next}`;
}

/** `autogit validate home.yaml`: what many type first. */
function nextStep(message: string, command: Command | undefined): string {
  if (command === undefined) return 'run `autogit --help` to see what there is';
  const file = /^error: too many arguments .*: (\S+\.ya?ml)\.$/.exec(message)?.[1];
  if (file !== undefined && command.options?.some(([flags]) => flags.startsWith('-f, --file')) === true)
    return `name the file with -f: autogit ${command.name} -f ${file}`;
  return `run \`autogit ${command.name} --help\` to see what it takes`;
}
