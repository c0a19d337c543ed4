import { compile } from '../compiler/compile.ts';
import { lockPathOf } from '../compiler/model/lock.ts';
import type { Manifest } from '../compiler/model/target.ts';
import { isRefused, planOutput } from '../compiler/output.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import { filesBeside } from './beside.ts';
import type { Options } from './commands.ts';
import { type DiagnosticFormat, reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { readLockFile } from './lock-file.ts';
import { otherTarget } from './other-target.ts';
import type { OutputFailure } from './output-failure.ts';
import { nextAfterEdits, refusalText, summaryText } from './output-summary.ts';
import { readPlatformFile } from './platform-file.ts';
import { readOutput, textIn } from './read-output.ts';
import { type ColourChoice, type Terminal, terminal } from './terminal.ts';
import { writeOutput } from './write-output.ts';

type TargetChoice = 'compose' | 'kubernetes' | 'all';

/**
 * `autogit compile`: renders the platform file into a folder, or compares it with what lies there. 0 when done, 1 when
 * the file or the folder's content forbids it, 2 when `--check` found a difference, 69 when the folder cannot be used.
 */
export async function runCompile(options: Options): Promise<number> {
  const screen = terminal(options.color as ColourChoice);
  const mistake = usageMistake(options);
  if (mistake !== undefined) {
    screen.err(`autogit: ${mistake}\n`);
    return exitCode.usage;
  }
  if (options.watch !== true) return (await compileOnce(options, screen)).code;
  return (await import('./watch.ts')).watchAndRun(() => compileOnce(options, screen), String(options.file), screen);
}

/** Files from this size on, some two hundred services, are compiled with little memory. */
const largeBytes = 64 * 1024;

interface Run {
  readonly code: number;
  /** Every file that was read, or looked for. */
  readonly files: readonly string[];
}

async function compileOnce(options: Options, screen: Terminal): Promise<Run> {
  const file = String(options.file);
  const files = [file, lockPathOf(file)];
  const code = await compileFile(options, screen, (path) => files.push(path));
  return { code, files };
}

async function compileFile(options: Options, screen: Terminal, reads: (path: string) => void): Promise<number> {
  const file = String(options.file);
  const read = await readPlatformFile(file);
  if (read.kind === 'none') {
    screen.err(`autogit: ${read.message}\nnext: ${read.next}\n`);
    return read.code;
  }
  if (read.bytes.length >= largeBytes) (await import('./spare-memory.ts')).spareMemory();
  const locked = await readLockFile(file);
  if (locked.kind === 'none') {
    screen.err(`autogit: ${locked.message}\nnext: ${locked.next}\n`);
    return locked.code;
  }
  const lock = locked.kind === 'lock' ? locked.lock : undefined;
  const name = file === '-' ? 'standard input' : file;
  const target = options.target as TargetChoice | undefined;
  const kubernetesVersion = options.kubernetesVersion as string | undefined;
  const environment = options.env as string | undefined;
  const beside = { lock, read: filesBeside(file, reads) };
  const input = { file: name, bytes: read.bytes, ...beside, catalog, targets, target, kubernetesVersion, environment };
  const { diagnostics, rendered } = await compile(input);
  const format = options.format as DiagnosticFormat;
  const report = { ...screen, diagnostics, file: name, bytes: read.bytes, lock, format };
  const isFine = await reportDiagnostics({ ...report, strict: options.strict === true });
  if (!isFine || rendered === undefined) return exitCode.failed;
  if (options.output === '-') return print(rendered.manifests, screen);
  const quiet: Terminal = format !== 'text' ? { ...screen, out: () => {} } : screen;
  const folder = String(options.output);
  if (options.check === true) return compare(folder, rendered.manifests, quiet);
  return options.dryRun === true ? dryRun(folder, rendered.manifests, quiet) : write(folder, rendered.manifests, quiet);
}

/** The same that the schema allows for `cluster.version`. */
const kubernetesVersions = /^1\.(?:2[89]|[3-9]\d)$/;

function usageMistake(options: Options): string | undefined {
  const { target, kubernetesVersion, output, check, format, file, watch, dryRun: dry } = options;
  if (dry === true && (watch === true || check === true || output === '-')) {
    const other = watch === true ? '--watch' : check === true ? '--check' : '-o -';
    return `--dry-run and ${other} do not go together\nnext: leave out one of them`;
  }
  if (target !== undefined && !['compose', 'kubernetes', 'all'].includes(String(target))) {
    return `there is no target '${target}'\nnext: compose, kubernetes or all`;
  }
  if (kubernetesVersion !== undefined && !kubernetesVersions.test(String(kubernetesVersion))) {
    return `'${kubernetesVersion}' is no version of Kubernetes that can be rendered for\nnext: 1.28 or a newer minor version, such as 1.33`;
  }
  if (watch === true && (output === '-' || check === true || file === '-')) {
    return `--watch renders a file into a folder again and again\nnext: leave out ${check === true ? '--check' : 'the -'}`;
  }
  if (output === '') return 'the output folder has no name\nnext: -o rendered';
  if (output === '-' && check === true) {
    return '--check compares with a folder, not with standard output\nnext: name it with -o';
  }
  if (output === '-' && format !== 'text') {
    return `standard output cannot hold both the files and a report\nnext: leave out one of \`-o -\` and \`--format ${format}\``;
  }
  return undefined;
}

/** All files one after the other. Each begins like a YAML document, so that `kubectl apply -f -` reads those of Kubernetes. */
function print(manifests: readonly Manifest[], { out }: Terminal): number {
  out(manifests.map(({ path, text }) => `---\n# ${path}\n${text}`).join(''));
  return exitCode.fine;
}

async function compare(folder: string, manifests: readonly Manifest[], screen: Terminal): Promise<number> {
  const there = readOutput(folder, manifests);
  if (there.kind === 'failed') return failed(there, screen);
  const { changes } = planOutput({ manifests, ...there });
  const stale = changes.filter(({ kind }) => kind !== 'unchanged');
  if (stale.length === 0) {
    screen.out(`${folder} is up to date: ${count(changes.length, 'file')}\n`);
    return exitCode.fine;
  }
  const other = otherTarget(there.present.keys(), manifests);
  if (other !== undefined) {
    screen.err(`${folder} holds what is rendered for ${other}, and this is not\n`);
    screen.err(`next: add --target ${other}; when the file has changed over: autogit compile -o ${folder}\n`);
    return exitCode.different;
  }
  const { staleText } = await import('./output-report.ts');
  screen.out(staleText(stale, (path) => textIn(there, path)));
  screen.err(`${folder} is not what the file says: ${count(stale.length, 'file')} would change\n`);
  screen.err(stale.some(isRefused) ? nextAfterEdits : `next: autogit compile -o ${folder}\n`);
  return exitCode.different;
}

/** What writing would do, without doing it; the same exit codes. */
async function dryRun(folder: string, manifests: readonly Manifest[], screen: Terminal): Promise<number> {
  const there = readOutput(folder, manifests);
  if (there.kind === 'failed') return failed(there, screen);
  const { changes } = planOutput({ manifests, ...there });
  const { dryRunRefusal, dryRunText } = await import('./dry-run.ts');
  screen.out(dryRunText(folder, changes));
  const refusal = dryRunRefusal(folder, changes);
  if (refusal === undefined) return exitCode.fine;
  screen.err(refusal);
  return exitCode.failed;
}

function write(folder: string, manifests: readonly Manifest[], screen: Terminal): number {
  const there = readOutput(folder, manifests);
  if (there.kind === 'failed') return failed(there, screen);
  const plan = planOutput({ manifests, ...there });
  if (plan.changes.some(isRefused)) {
    screen.err(`autogit: ${refusalText(folder, plan.changes)}`);
    return exitCode.failed;
  }
  const failure = writeOutput(there, plan);
  if (failure !== undefined) return failed(failure, screen);
  screen.out(summaryText(folder, plan.changes, otherTarget(there.present.keys(), manifests)));
  return exitCode.fine;
}

function failed({ message, next }: OutputFailure, { err }: Terminal): number {
  err(`autogit: ${message}\nnext: ${next}\n`);
  return exitCode.unavailable;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
