import { compile } from '../compiler/compile.ts';
import type { Platform } from '../compiler/model/platform.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import type { Options } from './commands.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { followedFile } from './followed-file.ts';
import { environmentOf } from './service-options.ts';
import type { Terminal } from './terminal.ts';

/**
 * The platform whose backup it is about: that of the file or, where there is none in the folder, what the reconciler of
 * this machine has applied last. An exit code when there is neither, after it was told.
 */
export async function backupPlatform(options: Options, state: string, screen: Terminal): Promise<Platform | number> {
  const found = await followedFile(String(options.file), state, screen);
  if (typeof found === 'number') return found;
  const { bytes, read } = found;
  const file = found.file === '-' ? 'standard input' : found.file;
  const environment = environmentOf(options);
  const { diagnostics, platform } = await compile({ file, bytes, read, environment, catalog, targets });
  if (platform !== undefined) return platform;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  await reportDiagnostics({ ...screen, diagnostics: errors, file, bytes, format: 'text' });
  return exitCode.failed;
}
