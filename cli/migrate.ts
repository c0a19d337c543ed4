import { migrate } from '../compiler/edit-platform.ts';
import type { Options } from './commands.ts';
import { exitCode } from './exit-code.ts';
import { readPlatformFile } from './platform-file.ts';
import { replaceContent } from './replace-content.ts';
import { terminal } from './terminal.ts';

/** `autogit migrate`: rewrites a platform file of an older version of the language; says so when there is nothing to do. */
export async function runMigrate(options: Options): Promise<number> {
  const { out, err } = terminal();
  const path = String(options.file);
  const read = await readPlatformFile(path);
  if (read.kind === 'none') {
    err(`autogit: ${read.message}\nnext: ${read.next}\n`);
    return read.code;
  }
  const before = new TextDecoder().decode(read.bytes);
  const { text, from, to, changes } = migrate(before);
  const tell = path === '-' ? err : out;
  if (path === '-') out(text);
  if (text === before) {
    tell(`${path === '-' ? 'standard input' : path} is in the newest version of the language, ${to}\n`);
    return exitCode.fine;
  }
  const failure =
    path === '-' ? undefined : replaceContent(path, { before: read.bytes, after: new TextEncoder().encode(text) });
  if (failure !== undefined) {
    err(`autogit: ${failure.message}\nnext: ${failure.next}\n`);
    return failure.message.startsWith('cannot') ? exitCode.unavailable : exitCode.failed;
  }
  for (const change of changes) tell(`${change.from} → ${change.to ?? 'removed'}: ${change.why}\n`);
  tell(`version ${from} → ${to}\nnext: autogit validate -f ${path}\n`);
  return exitCode.fine;
}
