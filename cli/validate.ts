import { compile } from '../compiler/compile.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import { filesBeside } from './beside.ts';
import type { Options } from './commands.ts';
import { type DiagnosticFormat, reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { readLockFile } from './lock-file.ts';
import { readPlatformFile } from './platform-file.ts';
import { type ColourChoice, terminal } from './terminal.ts';

/**
 * `autogit validate`: 0 when the file compiles to its target, 1 with all that is wrong else. Writes no file, except the
 * platform file itself with `--fix`.
 */
export async function runValidate(options: Options): Promise<number> {
  const screen = terminal(options.color as ColourChoice);
  const { out, err } = screen;
  const file = String(options.file);
  if (options.fix === true && file === '-' && options.format !== 'text') {
    err(
      'autogit: standard output cannot hold both the file and a report\nnext: leave out one of `-f -` and `--format`\n',
    );
    return exitCode.usage;
  }
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
  const format = options.format as DiagnosticFormat;
  const report = { ...screen, lock, format, strict: options.strict === true };
  const name = file === '-' ? 'standard input' : file;
  const compileBytes = (bytes: Uint8Array) =>
    compile({
      file: name,
      bytes,
      lock,
      catalog,
      targets,
      environment: options.env as string | undefined,
      everyEnvironment: true,
      read: filesBeside(file),
    });
  if (options.fix === true) {
    return (await import('./fix.ts')).runFix({ ...report, path: file, file: name, bytes: read.bytes, compileBytes });
  }
  const { diagnostics, platform } = await compileBytes(read.bytes);
  const isFine = await reportDiagnostics({ ...report, diagnostics, file: name, bytes: read.bytes });
  if (!isFine || platform === undefined) return exitCode.failed;
  if (format === 'text') out(`${name} is valid: platform ${platform.name} for ${platform.target}\n`);
  return exitCode.fine;
}
