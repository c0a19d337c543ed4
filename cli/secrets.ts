import { resolve } from 'node:path';
import { compile } from '../compiler/compile.ts';
import type { ComposeProject } from '../compiler/model/compose-project.ts';
import type { Platform } from '../compiler/model/platform.ts';
import { type SecretUse, secretFiles, secretManifests, secretUses } from '../compiler/secrets.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import type { CommitFiles } from '../reconciler/model/commit-files.ts';
import type { Options } from './commands.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { followedFile } from './followed-file.ts';
import { outputFailure } from './output-failure.ts';
import { outputFormat } from './output-format.ts';
import { type SecretRow, secretRowsText, sourceText } from './secret-rows.ts';
import { ageKeyFileOf, environmentOf } from './service-options.ts';
import { refuseOnTerminal, showSecret } from './show-secret.ts';
import { stateFolder } from './state-folder.ts';
import { type Terminal, terminal } from './terminal.ts';
import { explained, UsageError } from './usage-error.ts';
import { openSecrets } from './wire-secrets.ts';
import { writeSecretFiles } from './write-secret-files.ts';

type Values = Awaited<ReturnType<typeof openSecrets>>;

interface Job {
  readonly platform: Platform;
  readonly projects: readonly ComposeProject[];
  readonly files: CommitFiles;
  readonly values: Values;
  /** Folder that generated values are kept in. */
  readonly state: string;
  /** Secret that is asked for. */
  readonly id: string | undefined;
  readonly options: Options;
  readonly screen: Terminal;
}

/**
 * `autogit secrets list` says where each value comes from and whether it can be read here and now, `check` ends with 1
 * when one that is needed cannot; `write` makes the files that rendered Compose projects name, `manifest` prints
 * Kubernetes Secrets for a pipe, and `show` one value. 64 for a wrong command line, 69 when files cannot be read or written.
 */
export async function runSecrets([action, id]: readonly (string | undefined)[], options: Options): Promise<number> {
  try {
    const run = actions[action ?? ''];
    if (run === undefined)
      throw new UsageError(`there is no 'autogit secrets ${action}'; there are list, check, write, manifest and show`);
    if (id !== undefined && action !== 'show')
      throw new UsageError(
        `autogit secrets ${action} takes no further word, but '${id}' is there; only show names a secret`,
      );
    const screen = terminal();
    if (action === 'manifest' && process.stdout.isTTY === true)
      throw new UsageError(
        'autogit secrets manifest prints the values of secrets, and this is a terminal; pipe them: autogit secrets manifest | kubectl apply -f -',
      );
    if (action === 'show') refuseOnTerminal(id, process.stdout.isTTY === true, options.reveal === true);
    const job = await prepare(id, options, screen);
    return typeof job === 'number' ? job : await run(job);
  } catch (error) {
    return explained(error);
  }
}

const actions: Readonly<Record<string, (job: Job) => Promise<number>>> = {
  list: async (job) => {
    show(job, await rowsOf(job));
    return exitCode.fine;
  },
  check: async (job) => {
    const rows = await rowsOf(job);
    show(job, rows);
    return rows.some(({ state, users }) => state === 'missing' && users.length > 0) ? exitCode.failed : exitCode.fine;
  },
  write: async (job) => {
    const files = secretFiles(job.projects);
    const ids = files.flatMap(({ content }) =>
      content.kind === 'value' ? [content.secret] : Object.values(content.secrets),
    );
    const values = await valuesOf(job, ids);
    if (values === undefined) return exitCode.failed;
    const folder = String(job.options.output);
    try {
      const written = writeSecretFiles(folder, files, values);
      job.screen.out(written.length === 0 ? 'no rendered project names a secret\n' : `${written.join('\n')}\n`);
      return exitCode.fine;
    } catch (error) {
      const { message, next } = outputFailure(error, folder);
      job.screen.err(`autogit: ${message}\nnext: ${next}\n`);
      return exitCode.unavailable;
    }
  },
  manifest: async (job) => {
    const ids = secretUses(job.platform).filter(
      ({ source, users }) => source.kind !== 'kubernetes' && users.length > 0,
    );
    const values = await valuesOf(
      job,
      ids.map(({ id }) => id),
    );
    if (values === undefined) return exitCode.failed;
    job.screen.out(secretManifests(job.platform, values));
    return exitCode.fine;
  },
  show: showSecret,
};

/** Compiles the file, or what the reconciler applied last; the exit code when that ends it. */
async function prepare(id: string | undefined, options: Options, screen: Terminal): Promise<Job | number> {
  const state = resolve(stateFolder(typeof options.state === 'string' ? options.state : undefined));
  const found = await followedFile(String(options.file), state, screen);
  if (typeof found === 'number') return found;
  const { bytes, read } = found;
  const name = found.file === '-' ? 'standard input' : found.file;
  const input = { file: name, bytes, read, environment: environmentOf(options), catalog, targets };
  const { diagnostics, platform, rendered } = await compile(input);
  if (platform === undefined) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    await reportDiagnostics({ ...screen, diagnostics: errors, file: name, bytes, format: 'text' });
    return exitCode.failed;
  }
  const files = await encryptedFiles(platform, read);
  const values = await openSecrets({ state, ageKeyFile: ageKeyFileOf(options) });
  return { platform, projects: rendered?.projects ?? [], files, values, state, id, options, screen };
}

async function encryptedFiles(
  { secrets }: Platform,
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<CommitFiles> {
  const files: Record<string, string> = {};
  for (const { source } of secrets) {
    if (source.kind !== 'sops' || source.path in files) continue;
    const bytes = await read(source.path);
    if (bytes !== undefined) files[source.path] = Buffer.from(bytes).toString('base64');
  }
  return files;
}

async function rowsOf({ platform, files, values }: Job): Promise<readonly SecretRow[]> {
  return Promise.all(
    secretUses(platform).map(async (use): Promise<SecretRow> => {
      const { id, source, users } = use;
      const row = { id, from: sourceText(source), users };
      if (source.kind === 'kubernetes') return { ...row, state: 'in-cluster' };
      const probed = await values.probe(id, source, files);
      return probed.ok ? { ...row, state: probed.value } : { ...row, state: 'missing', detail: probed.failure.detail };
    }),
  );
}

function show({ options, screen }: Job, rows: readonly SecretRow[]): void {
  screen.out(
    outputFormat(options) === 'json' ? `${JSON.stringify({ secrets: rows }, null, 2)}\n` : secretRowsText(rows),
  );
}

/** All values or none; what cannot be read is told. */
async function valuesOf(
  { platform, files, values, screen }: Job,
  ids: readonly string[],
): Promise<Readonly<Record<string, string>> | undefined> {
  const sources = new Map(platform.secrets.map(({ id, source }): [string, SecretUse['source']] => [id, source]));
  const read: Record<string, string> = {};
  let isComplete = true;
  for (const id of [...new Set(ids)].sort()) {
    const source = sources.get(id);
    if (source === undefined) throw new Error(`no secret ${id} in the platform`);
    const value = await values.value(id, source, files);
    if (value.ok) read[id] = value.value.reveal();
    else screen.err(`autogit: ${value.failure.detail}\n`);
    isComplete &&= value.ok;
  }
  if (!isComplete) screen.err('nothing was written\n');
  return isComplete ? read : undefined;
}
