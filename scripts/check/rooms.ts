/**
 * Who may import whom: one row per room of the house, `docs/architecture.md` shows the same table. A file belongs to
 * the first room whose pattern fits its path; it may import its own room, the rooms in `rooms`, the npm packages in
 * `packages` and the modules of Node in `node` (`any` for all). The import check turns each row into a rule.
 */
export interface Room {
  readonly name: string;
  /** Matches paths relative to the repository. */
  readonly files: string;
  /** Patterns of paths that may be imported, besides the own room. */
  readonly mayImport: readonly string[];
  readonly packages?: readonly string[];
  readonly node?: readonly string[] | 'any';
}

const schema = '^schema/(?!generate)';
const compilerModel = '^compiler/model/';
const compilerTop = '^compiler/[^/]+$';
const reconcilerModel = '^reconciler/model/';
const reconcilerPorts = '^reconciler/ports/';
/** The sentences about plans and decisions are the same on the command line, the dashboard and the forge. */
const words = '^reconciler/plan/(text|scale-explain)\\.ts$';
const planned = [schema, compilerModel, reconcilerModel];
const step = [...planned, reconcilerPorts];

export const rooms: readonly Room[] = [
  {
    name: 'schema-generate',
    files: '^schema/generate',
    mayImport: ['^schema/'],
    packages: ['ajv', 'json-schema-to-typescript'],
    node: 'any',
  },
  { name: 'schema', files: '^schema/', mayImport: [], packages: ['ajv'] },

  {
    name: 'compiler-model-digest',
    files: '^compiler/model/digest\\.ts$',
    mayImport: [schema, compilerModel],
    node: ['crypto'],
  },
  {
    name: 'compiler-model-change',
    files: '^compiler/model/change\\.ts$',
    mayImport: [schema, compilerModel],
    packages: ['rfc6902'],
  },
  { name: 'compiler-model', files: compilerModel, mayImport: [schema] },
  { name: 'compiler-read', files: '^compiler/read/', mayImport: [schema], packages: ['yaml', 'js-yaml'] },
  { name: 'compiler-validate', files: '^compiler/validate/', mayImport: [schema, compilerModel] },
  { name: 'compiler-resolve', files: '^compiler/resolve/', mayImport: [schema, compilerModel] },
  { name: 'compiler-lock', files: '^compiler/lock/', mayImport: [schema, compilerModel] },
  { name: 'compiler-check', files: '^compiler/check/', mayImport: [schema, compilerModel] },
  { name: 'compiler-compose', files: '^compiler/compose/', mayImport: [schema, compilerModel] },
  {
    name: 'compiler-kubernetes',
    files: '^compiler/kubernetes/',
    mayImport: [schema, compilerModel],
    packages: ['cdk8s', 'cdk8s-plus-28', 'constructs'],
  },
  {
    name: 'compiler-emit',
    files: '^compiler/emit/',
    mayImport: [schema, compilerModel],
    packages: ['yaml', 'js-yaml'],
    node: ['crypto'],
  },
  // Two states of a platform → what is different and what follows from it.
  { name: 'compiler-diff', files: '^compiler/diff/', mayImport: [schema, compilerModel], packages: ['js-yaml'] },
  { name: 'compiler-explain', files: '^compiler/explain/', mayImport: [schema, compilerModel] },
  // Text of a Compose file → text of a platform file; knows nothing of the way back.
  { name: 'compiler-import', files: '^compiler/import/', mayImport: [schema, compilerModel], packages: ['yaml'] },
  { name: 'compiler-edit', files: '^compiler/edit/', mayImport: [schema, compilerModel], packages: ['yaml'] },
  { name: 'compiler', files: compilerTop, mayImport: [schema, '^compiler/'] },

  // A component's folder: what several components share lies at the top of library/, never in another component.
  { name: 'component', files: '^library/([^/]+)/', mayImport: [schema, compilerModel, '^library/(?!catalog)[^/]+$'] },
  { name: 'library', files: '^library/[^/]+$', mayImport: [schema, compilerModel, '^library/'] },

  { name: 'reconciler-model', files: reconcilerModel, mayImport: [schema, compilerModel] },
  { name: 'reconciler-ports', files: reconcilerPorts, mayImport: planned },
  { name: 'reconciler-plan-digest', files: '^reconciler/plan/digest\\.ts$', mayImport: planned, node: ['crypto'] },
  {
    name: 'reconciler-plan-next-run',
    files: '^reconciler/plan/next-run\\.ts$',
    mayImport: planned,
    packages: ['croner'],
  },
  { name: 'reconciler-plan', files: '^reconciler/plan/', mayImport: planned },
  {
    name: 'reconciler-follow',
    files: '^reconciler/follow/',
    mayImport: step,
    packages: ['simple-git', 'chokidar'],
    node: 'any',
  },
  { name: 'reconciler-observe', files: '^reconciler/observe/', mayImport: step, packages: ['yaml'], node: 'any' },
  { name: 'reconciler-load', files: '^reconciler/load/', mayImport: step, node: 'any' },
  { name: 'reconciler-backup', files: '^reconciler/backup/', mayImport: step },
  { name: 'reconciler-act', files: '^reconciler/act/', mayImport: step },
  { name: 'reconciler-record', files: '^reconciler/record/', mayImport: step, node: 'any' },
  {
    name: 'reconciler-sops',
    files: '^reconciler/sops/',
    mayImport: step,
    packages: ['age-encryption', 'yaml'],
    node: 'any',
  },
  { name: 'reconciler-notify', files: '^reconciler/notify/', mayImport: step, node: 'any' },
  {
    name: 'reconciler-serve',
    files: '^reconciler/serve/',
    mayImport: step,
    packages: ['fastify', 'prom-client'],
    node: 'any',
  },
  { name: 'reconciler-docker', files: '^reconciler/docker/', mayImport: step, packages: ['dockerode'], node: 'any' },
  { name: 'reconciler-process', files: '^reconciler/process/', mayImport: step, node: 'any' },
  { name: 'reconciler-memory', files: '^reconciler/memory/', mayImport: step },
  { name: 'reconciler', files: '^reconciler/[^/]+$', mayImport: [...step, compilerTop, '^reconciler/'], node: 'any' },

  // The only files that build real adapters, so the only ones of cli/ that see inside the other folders.
  {
    name: 'cli-wire',
    files: '^cli/(wire|wire-[a-z-]+|embedded)\\.ts$',
    mayImport: [schema, '^compiler/', '^library/', '^reconciler/', '^cli/'],
    packages: ['pino'],
    node: 'any',
  },
  // Asks image registries; knows nothing of commands, so that a test can put any registry before it.
  { name: 'cli-registry', files: '^cli/registry/', mayImport: step, node: 'any' },
  {
    name: 'cli',
    files: '^cli/',
    mayImport: [...step, compilerTop, '^library/[^/]+$', '^reconciler/[^/]+$', words, '^package\\.json$'],
    packages: ['chokidar', 'commander', 'diff', 'js-yaml', 'pino'],
    node: 'any',
  },
  {
    name: 'dashboard',
    files: '^dashboard/',
    mayImport: [reconcilerModel],
    packages: ['preact', '@preact/signals', 'uplot'],
  },
];

/** Folders whose every file must belong to a room. Tests, scripts and benchmarks may import what they like. */
export const productFolders = ['schema', 'compiler', 'library', 'reconciler', 'cli', 'dashboard'] as const;
