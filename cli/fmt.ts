import { formatPlatform } from '../compiler/edit-platform.ts';
import type { Options } from './commands.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { readPlatformFile } from './platform-file.ts';
import { replaceContent } from './replace-content.ts';
import { terminal } from './terminal.ts';

/**
 * `autogit fmt`: the platform file in its canonical form, in its place. 0 when it is formatted, 1 when it cannot be, 2
 * with `--check` when it is not formatted, 69 when it cannot be written.
 */
export async function runFmt(options: Options): Promise<number> {
  const { out, err } = terminal();
  const path = String(options.file);
  const read = await readPlatformFile(path);
  if (read.kind === 'none') {
    err(`autogit: ${read.message}\nnext: ${read.next}\n`);
    return read.code;
  }
  const name = path === '-' ? 'standard input' : path;
  const formatted = await formatPlatform({ file: name, bytes: read.bytes });
  if (formatted.kind === 'unreadable') {
    const { diagnostics } = formatted;
    const screen = terminal();
    await reportDiagnostics({ ...screen, diagnostics, file: name, bytes: read.bytes, format: 'text', strict: false });
    return exitCode.failed;
  }
  if (formatted.kind === 'refused') {
    err(
      `autogit: ${name} was not formatted: ${formatted.why}\nnext: write that part in a simpler way, without aliases\n`,
    );
    return exitCode.failed;
  }
  const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes);
  const { text } = formatted;
  if (options.check === true) {
    if (text === before) return exitCode.fine;
    err(`${name} is not formatted\nnext: autogit fmt -f ${path}\n`);
    return exitCode.different;
  }
  if (path === '-') {
    out(text);
    return exitCode.fine;
  }
  if (text === before) {
    out(`${path} is formatted already\n`);
    return exitCode.fine;
  }
  const failure = replaceContent(path, { before: read.bytes, after: new TextEncoder().encode(text) });
  if (failure !== undefined) {
    err(`autogit: ${failure.message}\nnext: ${failure.next}\n`);
    return failure.message.startsWith('cannot') ? exitCode.unavailable : exitCode.failed;
  }
  out(`${path} is formatted\n`);
  return exitCode.fine;
}
