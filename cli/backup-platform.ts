import { compile } from '../compiler/compile.ts';
import type { Platform } from '../compiler/model/platform.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import { fileBytes } from '../reconciler/model/commit-files.ts';
import type { RevisionRecord } from '../reconciler/model/record.ts';
import { askService } from './ask-service.ts';
import { filesBeside } from './beside.ts';
import type { Options } from './commands.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { readPlatformFile } from './platform-file.ts';
import { environmentOf } from './service-options.ts';
import type { Terminal } from './terminal.ts';
import { appliedRevision, isTaken } from './wire-backup.ts';

const usual = 'autogit.yaml';

/**
 * The platform whose backup it is about: that of the file or, where there is none in the folder, what the reconciler of
 * this machine has applied last. An exit code when there is neither, after it was told.
 */
export async function backupPlatform(options: Options, state: string, screen: Terminal): Promise<Platform | number> {
  const file = String(options.file);
  const read = await readPlatformFile(file);
  if (read.kind === 'bytes') return compiled(options, screen, { file, bytes: read.bytes, read: filesBeside(file) });
  const applied = read.isAbsent && file === usual ? await revisionOf(state) : undefined;
  if (applied?.source === undefined) {
    screen.err(`autogit: ${read.message}\nnext: ${read.next}\n`);
    return read.code;
  }
  const { source, files } = applied;
  return compiled(options, screen, {
    file: usual,
    bytes: Buffer.from(source),
    read: async (path) => fileBytes(files, path),
  });
}

/** From the reconciler that runs on the state, or from the state itself. */
async function revisionOf(state: string): Promise<RevisionRecord | undefined> {
  const answer = await askService({ state, path: '/api/revision', body: {} });
  if (answer.kind === 'answer') return answer.code === 200 ? (answer.body as RevisionRecord) : undefined;
  try {
    return await appliedRevision(state);
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
}

interface Input {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

async function compiled(options: Options, screen: Terminal, { file, bytes, read }: Input): Promise<Platform | number> {
  const name = file === '-' ? 'standard input' : file;
  const environment = environmentOf(options);
  const { diagnostics, platform } = await compile({ file: name, bytes, read, environment, catalog, targets });
  if (platform !== undefined) return platform;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  await reportDiagnostics({ ...screen, diagnostics: errors, file: name, bytes, format: 'text' });
  return exitCode.failed;
}
