import { exitCode } from './exit-code.ts';

/** What a person can type. To add a command, add an entry; its module is loaded when it runs. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Positional arguments in order: `<subject>` must be there, `[name]` may be, of `[names...]` several. */
  readonly arguments?: readonly string[];
  /** Flags as commander writes them, and what they mean. */
  readonly options?: readonly (readonly [
    flags: string,
    meaning: string,
    ifAbsent?: string,
    choices?: readonly string[],
  ])[];
  /** Names of flags, in camel case, that may be given several times; their values come joined by commas. */
  readonly several?: readonly string[];
  /** Gives the exit code. */
  run(args: readonly (string | undefined)[], options: Options): Promise<number>;
}

/** Values of the command's own flags, by their long names in camel case. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

const file = ['-f, --file <path>', 'the platform file; - reads standard input', 'autogit.yaml'] as const;
const environment = ['-e, --env <environment>', 'environment of the file that is laid over it'] as const;
const format = ['--format <format>', 'text or json', 'text', ['text', 'json']] as const;
/** Flags of every command that says what is wrong with the platform file. */
const diagnosing = [
  [
    '--format <format>',
    'text, json, sarif (code scanning), gitlab (code quality) or github (annotations)',
    'text',
    ['text', 'json', 'sarif', 'gitlab', 'github'],
  ],
  ['--strict', 'end with 1 on warnings, too'],
  [
    '--color <when>',
    'always, never or auto: on a terminal; NO_COLOR and FORCE_COLOR count',
    'auto',
    ['auto', 'always', 'never'],
  ],
] as const;

const state = [
  '--state <folder>',
  'state folder; default AUTOGIT_STATE, else /var/lib/autogit for root, ~/.local/state/autogit for others',
] as const;
const ageKeyFile = [
  '--age-key-file <path>',
  'age keys for SOPS files; default AUTOGIT_AGE_KEY_FILE or SOPS_AGE_KEY_FILE',
] as const;
/** Flags of every command that looks at the world or changes it. */
const world = [
  ['--repo <url>', 'Git repository to follow; default gitops.repository, else the origin of this clone'],
  ['--branch <name>', 'branch to follow', 'main'],
  ['--path <path>', 'path of the platform file in the repository', 'autogit.yaml'],
  ['-f, --file <path>', 'watch this file instead of a repository'],
  ['-e, --env <environment>', 'environment of the file that is laid over it; default AUTOGIT_ENV'],
  state,
  [
    '--policy <path>',
    'what this machine allows; default AUTOGIT_POLICY or /etc/autogit/policy.yaml, where it is there',
  ],
  ['--embedded', 'engine in memory and a recorded job load: nothing outside this process is changed'],
  ['--filler-image <image>', 'image that fills volumes of configs and secrets; default AUTOGIT_FILLER_IMAGE'],
  ['--runner-network <name>', 'Docker network that runners join; default bridge'],
  ['--ssh-key <path>', 'private SSH key for the repository'],
  ['--known-hosts <path>', 'known SSH hosts, for the repository'],
  ['--ca-file <path>', 'certificates that the server of the repository is checked against'],
  ageKeyFile,
  ['--allow-http', 'allow http:// for a repository on another machine'],
  ['--log <format>', 'json or text; default text on a terminal'],
  ['--log-level <level>', 'debug, info, warn or error', 'info'],
] as const;

/** `autogit compile home.yaml` is `autogit compile -f home.yaml`; both at once must mean the same. */
function onFile(run: (options: Options) => Promise<number>): Command['run'] {
  return async ([path], options) => {
    if (path === undefined || path === options.file) return run(options);
    if (options.file === file[2]) return run({ ...options, file: path });
    process.stderr.write(`autogit: two files are named, ${path} and ${String(options.file)}\nnext: name one of them\n`);
    return exitCode.usage;
  };
}

export const commands: readonly Command[] = [
  {
    name: 'validate',
    aliases: ['vet', 'lint'],
    summary: 'say everything that is wrong with the platform file',
    arguments: ['[file]'],
    options: [
      file,
      environment,
      ['--fix', 'mend what can only be meant in one way, in the file itself; with -f - on standard output'],
      ...diagnosing,
    ],
    run: onFile(async (options) => (await import('./validate.ts')).runValidate(options)),
  },
  {
    name: 'compile',
    aliases: ['build', 'render'],
    summary: 'render the platform file into a folder, or compare with what lies there',
    arguments: ['[file]'],
    options: [
      file,
      environment,
      ['-o, --output <folder>', 'where to write; - prints all files', 'rendered'],
      ['--target <target>', 'compose, kubernetes or all; absent means the target of the file'],
      ['--kubernetes-version <version>', 'oldest version that the output has to run on; absent means that of the file'],
      ['--check', 'write nothing; exit with 2 and a diff when the folder is not what the file says'],
      ['--dry-run', 'write nothing; say what would be created, changed and removed'],
      ['-w, --watch', 'render again whenever a file that was read changes'],
      ...diagnosing,
    ],
    run: onFile(async (options) => (await import('./compile.ts')).runCompile(options)),
  },
  {
    name: 'diff',
    summary: 'show what is different between two revisions (main...HEAD) or environments, and what follows from it',
    arguments: ['[range]'],
    several: ['env'],
    options: [
      file,
      ['--from <revision>', 'old side; absent means HEAD'],
      ['--to <revision>', 'new side; absent means the working files'],
      ['-e, --env <environment>', 'environment of both sides; twice: of the old and of the new one'],
      ['--from-env <environment>', 'environment of the old side'],
      ['--to-env <environment>', 'environment of the new side'],
      ['-o, --output <folder>', 'compare what lies in this folder with what would be rendered'],
      ['--target <target>', 'compose or kubernetes; absent means the target of the file'],
      ['--exit-zero', 'end with 0 also when something is different'],
      ['--format <format>', 'text, json or markdown (a comment for a review)', 'text', ['text', 'json', 'markdown']],
    ],
    run: async (args, options) => (await import('./diff.ts')).runDiff(args, options),
  },
  {
    name: 'init',
    summary: 'write a first platform file: asks five questions, or takes flags',
    options: [
      ['-o, --output <path>', 'file to write; - prints it', 'autogit.yaml'],
      ['--name <name>', 'name of the platform'],
      ['--domain <domain>', 'DNS domain of the platform'],
      ['--forge <forge>', 'forgejo, gitea, gitlab or none'],
      ['--target <target>', 'compose or kubernetes'],
      ['--runners <number>', 'the most CI runners at once; 0 for none'],
      ['--yes', 'ask nothing; take the usual answer where no flag gives one'],
    ],
    run: async (_args, options) => (await import('./init.ts')).runInit(options),
  },
  {
    name: 'import',
    summary: 'write a platform file from a Compose file, and say what became of every setting',
    arguments: ['[compose-file]'],
    options: [
      ['-o, --output <path>', 'file to write; - prints it', 'autogit.yaml'],
      ['--name <name>', 'name of the platform; absent means that of the project'],
      ['--domain <domain>', 'DNS domain of the platform'],
      ['--profile <names>', 'profiles whose services are taken along, separated by commas'],
      ['--as-services', 'make no role of a forge, an ingress or a database'],
      format,
    ],
    run: async (args, options) => (await import('./import.ts')).runImport(args, options),
  },
  {
    name: 'fmt',
    summary: 'write the platform file in its canonical form, comments kept',
    arguments: ['[file]'],
    options: [file, ['--check', 'write nothing; exit with 2 when the file is not formatted']],
    run: onFile(async (options) => (await import('./fmt.ts')).runFmt(options)),
  },
  {
    name: 'migrate',
    summary: 'rewrite a platform file of an older version of the language, comments kept',
    arguments: ['[file]'],
    options: [file],
    run: onFile(async (options) => (await import('./migrate.ts')).runMigrate(options)),
  },
  {
    name: 'lock',
    summary: 'update or verify autogit.lock, which has the digest of every image of the platform file',
    arguments: ['<update|verify>', '[images...]'],
    options: [
      file,
      ['--local <images>', 'update: images that are built on the hosts and in no registry, separated by commas'],
      ['--online', 'verify: ask the registries whether tags have moved; exit with 2 when one has'],
      ['--insecure-registry <hosts>', 'registries that may be asked without TLS, separated by commas'],
      ['--ca-file <path>', 'certificates that registries are checked against'],
      format,
    ],
    run: async (args, options) => (await import('./lock.ts')).runLock(args, options),
  },
  {
    name: 'secrets',
    summary:
      'say where secrets come from and whether they can be read, show one, or hand them to docker compose or kubectl',
    arguments: ['<list|check|write|manifest|show>', '[secret]'],
    options: [
      file,
      ['-e, --env <environment>', 'environment of the file that is laid over it; default AUTOGIT_ENV'],
      ['-o, --output <folder>', 'write: folder that the platform was rendered into', 'rendered'],
      ['--reveal', 'show: print the value on a terminal too'],
      state,
      ageKeyFile,
      format,
    ],
    run: async (args, options) => (await import('./secrets.ts')).runSecrets(args, options),
  },
  {
    name: 'reconcile',
    summary: 'follow the repository and keep the platform as its file says',
    several: ['allowedHost'],
    options: [
      ...world,
      ['--port <port>', 'port of the dashboard and the API; 0 takes a free one', '4280'],
      ['--listen <address>', 'address of the dashboard and the API', '127.0.0.1'],
      [
        '--allowed-host <name>',
        'another name or address under which the dashboard is reached; may be given several times',
      ],
      ['--jobs-interval <duration>', 'how often the job queue is read'],
      ['--once', 'what is to be done now, then the end; no dashboard'],
    ],
    run: async (_args, options) => (await import('./reconcile.ts')).runReconcile(options),
  },
  {
    name: 'plan',
    summary: 'show what would be done now; writes nothing, exits with 2 when there is something',
    options: [...world, format],
    run: async (_args, options) => (await import('./plan.ts')).runPlan(options),
  },
  {
    name: 'apply',
    summary: 'do what a plan says, or nothing when the world asks for another plan by now',
    options: [...world, ['--plan <digest>', 'digest that `autogit plan` printed']],
    run: async (_args, options) => (await import('./plan.ts')).runApply(options),
  },
  {
    name: 'backup',
    summary: 'make a copy now, list copies, check them, or bring a part of the platform back from one',
    arguments: ['<run|list|verify|restore>', '[part]'],
    options: [
      file,
      environment,
      ['--snapshot <id>', 'restore: copy to take, as `list` names it; absent means the newest that holds the part'],
      ['--to <folder>', 'restore: only unpack into this empty folder of the host, and change nothing else'],
      ['--yes <part>', 'restore: its name once more: what it has now may be replaced'],
      ['--read-data-subset <amount>', 'verify: read so much of the data back and compare it: 5%, 1/20 or 2G'],
      ['--unlock', 'verify, restore: remove all locks of the repository first, whoever holds them'],
      state,
      format,
    ],
    run: async (args, options) => (await import('./backup.ts')).runBackup(args, options),
  },
  {
    name: 'status',
    summary: 'show the state of the platform, its pools and its history',
    options: [state, format],
    run: async (_args, options) => (await import('./status.ts')).runStatus(options),
  },
  {
    name: 'explain',
    summary: 'explain a diagnostic (AG201), a key (forge.host), a rendered file or a decision (pool linux)',
    arguments: ['<subject>', '[name]'],
    options: [file, environment, state, format],
    run: async (args, options) => (await import('./explain.ts')).runExplain(args, options),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of the platform file, for editors',
    run: async () => (await import('./schema.ts')).runSchema(),
  },
];
