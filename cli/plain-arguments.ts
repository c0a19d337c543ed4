import type { Command, Options } from './commands.ts';

/** A command with its arguments and options, as commander would give them. */
export interface Parsed {
  readonly command: Command;
  readonly args: readonly (string | undefined)[];
  readonly options: Options;
}

/**
 * Understands the plain command lines that scripts and people write all day: a command, its options, its arguments.
 * Undefined for everything else (help, versions, mistakes), which commander then answers: loading it costs as much as
 * starting Node itself. A test compares the two.
 */
export function parsePlain([name, ...rest]: readonly string[], commands: readonly Command[]): Parsed | undefined {
  const command = commands.find((each) => each.name === name || each.aliases?.includes(name ?? ''));
  if (command === undefined) return undefined;
  const flags = (command.options ?? []).map(readFlags);
  const options: Record<string, string | boolean | undefined> = {};
  for (const flag of flags) if (flag.ifAbsent !== undefined) options[flag.key] = flag.ifAbsent;
  const args: string[] = [];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const flag = flags.find(({ names }) => names.includes(word));
    if (flag === undefined) return undefined;
    const value = flag.takesValue ? rest[++at] : true;
    if (value === undefined || (value !== '-' && String(value).startsWith('-'))) return undefined;
    if (flag.choices !== undefined && !flag.choices.includes(String(value))) return undefined;
    const before = command.several?.includes(flag.key) === true ? options[flag.key] : undefined;
    options[flag.key] = before === undefined ? value : `${before},${value}`;
  }
  const positions = command.arguments ?? [];
  const needed = positions.filter((position) => position.startsWith('<')).length;
  const isOpen = positions.at(-1)?.includes('...') === true;
  if (args.length < needed || (args.length > positions.length && !isOpen)) return undefined;
  if (isOpen) return { command, args, options };
  return { command, args: positions.map((_, index) => args[index]), options };
}

interface Flag {
  readonly names: readonly string[];
  readonly key: string;
  readonly takesValue: boolean;
  readonly ifAbsent?: string | undefined;
  readonly choices?: readonly string[] | undefined;
}

/** `-f, --file <path>` */
function readFlags([flags, , ifAbsent, choices]: NonNullable<Command['options']>[number]): Flag {
  const names = flags.match(/(?<=^|[\s,])--?[a-z-]+/gi) ?? [];
  const long = names.find((each) => each.startsWith('--')) ?? '';
  const key = long.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return { names, key, takesValue: flags.includes('<'), ifAbsent, choices };
}
