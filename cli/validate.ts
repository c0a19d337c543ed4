import { compile } from '../compiler/compile.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import type { Options } from './commands.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { readLockFile } from './lock-file.ts';
import { readPlatformFile } from './platform-file.ts';
import { terminal } from './terminal.ts';

/** `autogit validate`: 0 when the file compiles to its target, 1 with all that is wrong else. Writes no file. */
export async function runValidate(options: Options): Promise<number> {
  const { out, err, colour } = terminal();
  const file = String(options.file);
  const read = await readPlatformFile(file);
  if (read.kind === 'none') {
    err(`autogit: ${read.message}\nnext: ${read.next}\n`);
    return read.code;
  }
  const locked = await readLockFile(file);
  if (locked.kind === 'none') {
    err(`autogit: ${locked.message}\nnext: ${locked.next}\n`);
    return locked.code;
  }
  const lock = locked.kind === 'lock' ? locked.lock : undefined;
  const json = options.format === 'json';
  const name = file === '-' ? 'standard input' : file;
  const { diagnostics, platform } = await compile({ file: name, bytes: read.bytes, lock, catalog, targets });
  const ok = reportDiagnostics({ diagnostics, file: name, bytes: read.bytes, lock, json, out, err, colour });
  if (!ok || platform === undefined) return exitCode.failed;
  if (!json) out(`${name} is valid: platform ${platform.name} for ${platform.target}\n`);
  return exitCode.fine;
}
