import { readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type CompileInput, compile } from '../compiler/compile.ts';
import { type Found, importPlatform, readEnvFile, reportText } from '../compiler/import-platform.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import type { Options } from './commands.ts';
import { visible } from './diagnostics/columns.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { alreadyThere, type NotWritten, writeNewFile } from './new-file.ts';
import { readPlatformFile } from './platform-file.ts';
import { schemaUrl } from './schema-url.ts';
import { type Terminal, terminal } from './terminal.ts';

/** Larger files are not looked into: they are mounted from where they lie. */
const largestFile = 900_000;

/**
 * `autogit import compose.yaml`: writes a platform file that means the same, and says what became of every setting. 0 when
 * it was written, with its losses named; 1 when the file cannot be read as Compose, a mistake is left to correct, or there
 * is a platform file already; 64 and 69 as everywhere.
 */
export async function runImport(args: readonly (string | undefined)[], options: Options): Promise<number> {
  const screen = terminal();
  const path = args[0] ?? 'compose.yaml';
  const output = String(options.output);
  const mistake = usageMistake(path, options) ?? (output === '-' ? undefined : alreadyThere(output));
  if (mistake !== undefined) return refuse(mistake, screen);
  const read = await readPlatformFile(path);
  if (read.kind === 'none') {
    const next =
      path === 'compose.yaml' ? 'name the Compose file: autogit import docker-compose.yml' : 'check the path';
    return refuse({ code: read.code, message: read.message, next }, screen);
  }
  const text = new TextDecoder().decode(read.bytes);
  const imported = importPlatform(inputOf(path, text, output, options), {
    asServices: options.asServices === true,
    schema: schemaUrl,
  });
  if (imported.kind === 'refused') {
    for (const { line, column, message, next } of imported.problems)
      screen.err(visible(`${path}:${line}:${column}: ${message}\nnext: ${next}\n`));
    return exitCode.failed;
  }
  if (output !== '-') {
    const failure = writeNewFile(output, imported.text);
    if (failure !== undefined) return refuse(failure, screen);
  } else screen.out(imported.text);
  const json = options.format === 'json';
  const tell = output === '-' ? screen.err : screen.out;
  tell(json ? `${JSON.stringify(imported.report, null, 2)}\n` : visible(reportText(imported.report)));
  return judge(imported.text, output, json, screen);
}

function usageMistake(path: string, { name, domain, output, format }: Options): NotWritten | undefined {
  const wrong = (message: string, next: string): NotWritten => ({ code: exitCode.usage, message, next });
  if (path === '-') return wrong('standard input has no folder for the files that it names', 'name the Compose file');
  if (output === '') return wrong('the platform file has no name', '-o autogit.yaml');
  if (name !== undefined && !/^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/.test(String(name)))
    return wrong(`'${name}' is no name of a platform`, 'lower-case letters, digits and inner dashes, a letter first');
  if (domain !== undefined && !/^[a-z0-9][-a-z0-9]*(?:\.[a-z0-9][-a-z0-9]*)*$/.test(String(domain)))
    return wrong(`'${domain}' is no domain`, 'write it as home.example.org');
  if (output === '-' && format === 'json')
    return wrong('standard output cannot hold both the file and JSON', 'leave out one of `-o -` and `--format json`');
  return undefined;
}

function inputOf(path: string, text: string, output: string, options: Options) {
  const folder = dirname(resolve(path));
  const from = relative(output === '-' ? process.cwd() : dirname(resolve(output)), folder);
  const env = look(join(folder, '.env'));
  return {
    file: path,
    text,
    folder: folder.split(sep).join('/'),
    home: homedir().split(sep).join('/'),
    within: from.startsWith('..') ? undefined : from.split(sep).join('/'),
    name: options.name as string | undefined,
    domain: options.domain as string | undefined,
    profiles: options.profile === undefined ? [] : String(options.profile).split(','),
    variables: Object.fromEntries(env.kind === 'text' ? readEnvFile(env.text) : []),
    look,
  };
}

/** What lies at a path. Only plain text of a sensible size is read. */
function look(path: string): Found {
  try {
    const stats = statSync(realpathSync(path));
    if (stats.isDirectory()) return { kind: 'folder' };
    if (!stats.isFile() || stats.size > largestFile) return { kind: 'other' };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    return text.includes('\0') ? { kind: 'other' } : { kind: 'text', text };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'other' };
  }
}

/** Compiles what was written: whoever goes on with it should know what is left to correct. */
async function judge(text: string, output: string, json: boolean, screen: Terminal): Promise<number> {
  const file = output === '-' ? 'autogit.yaml' : output;
  const bytes = new TextEncoder().encode(text);
  const folder = output === '-' ? process.cwd() : dirname(resolve(output));
  const read: CompileInput['read'] = async (path) => {
    try {
      return readFileSync(join(folder, path));
    } catch {
      return undefined;
    }
  };
  const { diagnostics } = await compile({ file, bytes, catalog, targets, read });
  const fine = await reportDiagnostics({ ...screen, diagnostics, file, bytes, format: 'text', strict: false });
  if (!fine) {
    screen.err(`autogit: ${file} has to be corrected before it can be used\n`);
    return exitCode.failed;
  }
  if (output !== '-' && !json) screen.out(`${file} is written\nnext: autogit compile -f ${file} -o rendered\n`);
  return exitCode.fine;
}

function refuse({ code, message, next }: NotWritten, { err }: Terminal): number {
  err(`autogit: ${message}\nnext: ${next}\n`);
  return code;
}
