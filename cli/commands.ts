/** What a person can type. To add a command, add an entry; its module is loaded when it runs. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Positional arguments in order: `<subject>` must be there, `[name]` may be. */
  readonly arguments?: readonly string[];
  /** Flags as commander writes them, and what they mean. */
  readonly options?: readonly (readonly [flags: string, meaning: string, ifAbsent?: string])[];
  /** Gives the exit code. */
  run(args: readonly (string | undefined)[], options: Options): Promise<number>;
}

/** Values of the command's own flags, by their long names in camel case. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

const file = ['-f, --file <path>', 'the platform file; - reads standard input', 'autogit.yaml'] as const;
const format = ['--format <format>', 'text or json', 'text'] as const;

export const commands: readonly Command[] = [
  {
    name: 'validate',
    aliases: ['vet', 'lint'],
    summary: 'say everything that is wrong with the platform file',
    options: [file, format],
    run: async (_args, options) => (await import('./validate.ts')).runValidate(options),
  },
  {
    name: 'compile',
    aliases: ['build', 'render'],
    summary: 'render the platform file into a folder, or compare with what lies there',
    options: [
      file,
      ['-o, --output <folder>', 'where to write; - prints all files', 'rendered'],
      ['--target <target>', 'compose, kubernetes or all; absent means the target of the file'],
      ['--check', 'write nothing; exit with 2 and a diff when the folder is not what the file says'],
      format,
    ],
    run: async (_args, options) => (await import('./compile.ts')).runCompile(options),
  },
  {
    name: 'explain',
    summary: 'explain a diagnostic (AG201) or a decision (pool linux)',
    arguments: ['<subject>', '[name]'],
    options: [['--state <folder>', 'state folder of the reconciler'], format],
    run: async (args, options) => (await import('./explain.ts')).runExplain(args, options),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of the platform file, for editors',
    run: async () => (await import('./schema.ts')).runSchema(),
  },
];
