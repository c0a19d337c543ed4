import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { RunnerAction } from '../model/plan.ts';
import type { RunnerCredential, Scope } from '../ports/engine.ts';
import { identify, isAlive, type ProcessIdentity, processesIn } from './process-identity.ts';

/**
 * What is kept of a runner, one folder each, only for our user:
 * `runner.json` what it is · `pid` its number, written by itself before it becomes the program · `process.json` number
 * and start time · `draining` · `exit` its exit code, when we saw it end · `home/` its working folder · `runner.log`
 */
export interface RunnerFolder {
  readonly path: string;
  readonly record: RunnerRecord;
  /** Absent when it never started. */
  readonly process?: ProcessIdentity;
  readonly alive: boolean;
  readonly draining: boolean;
  readonly exitCode?: number;
}

export interface RunnerRecord {
  readonly name: string;
  readonly pool: string;
  readonly digest: string;
  readonly forgeId: string;
  /** Wall clock, milliseconds. */
  readonly startedAt: number;
}

/** Folder of all runners of one deployment on this host. */
export function deploymentFolder(directory: string, scope: Scope): string {
  return join(resolve(directory), `${scope.platform}.${scope.deployment}`);
}

/** Makes the folder of a runner, its record and its credential; all of it or nothing. */
export function writeRunnerFolder(
  parent: string,
  action: Extract<RunnerAction, { kind: 'launch-runner' }>,
  credential: RunnerCredential,
  startedAt: number,
): string {
  const path = join(parent, action.name);
  const draft = `${path}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(join(draft, 'home', 'tmp'), { recursive: true, mode: 0o700 });
  chmodSync(parent, 0o700);
  const { name, pool, digest } = action;
  const record: RunnerRecord = { name, pool, digest, forgeId: credential.forgeId, startedAt };
  writeDurably(join(draft, 'runner.json'), JSON.stringify(record));
  for (const file of credential.files) {
    const target = resolve(draft, 'home', file.path);
    if (!target.startsWith(`${resolve(draft, 'home')}/`))
      throw new Error(`file ${file.path} of the credential is outside of its folder`);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeDurably(target, file.content.reveal());
  }
  renameSync(draft, path);
  return path;
}

/** All runners of a deployment, sorted by name. Throws when the folder cannot be read. */
export function readRunnerFolders(parent: string): readonly RunnerFolder[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((name) => !name.endsWith('.draft'))
    .sort()
    .map((name) => readRunnerFolder(join(parent, name)));
}

function readRunnerFolder(path: string): RunnerFolder {
  const record = JSON.parse(readFileSync(join(path, 'runner.json'), 'utf8')) as RunnerRecord;
  const known = readProcess(path);
  const exit = readText(join(path, 'exit'));
  return {
    path,
    record,
    ...(known === undefined ? {} : { process: known }),
    alive: known !== undefined && isAlive(known),
    draining: existsSync(join(path, 'draining')),
    ...(exit === undefined || exit === '' ? {} : { exitCode: Number(exit) }),
  };
}

/** After a crash between its start and our note of it, the number it wrote itself is believed when it works in its folder. */
function readProcess(path: string): ProcessIdentity | undefined {
  const noted = readText(join(path, 'process.json'));
  if (noted !== undefined) return JSON.parse(noted) as ProcessIdentity;
  const pid = Number(readText(join(path, 'pid')) ?? Number.NaN);
  const there = Number.isInteger(pid) ? identify(pid) : undefined;
  return processesIn(join(path, 'home')).find((candidate) => candidate.pid === there?.pid);
}

export function noteProcess(path: string, known: ProcessIdentity): void {
  writeDurably(join(path, 'process.json'), JSON.stringify(known));
}

export function noteDraining(path: string): void {
  writeFileSync(join(path, 'draining'), '', { mode: 0o600 });
}

/** Nothing to note when the folder is gone by now. */
export function noteExit(path: string, code: number): void {
  if (existsSync(path)) writeFileSync(join(path, 'exit'), String(code), { mode: 0o600 });
}

/** The last lines of its log, for a message. */
export function lastLogLines(path: string, count: number): readonly string[] {
  const lines = (readText(join(path, 'runner.log')) ?? '').split('\n');
  return lines.filter((line) => line.trim() !== '').slice(-count);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all, and on the disk when this returns. */
function writeDurably(file: string, text: string): void {
  const draft = `${file}.draft`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}
