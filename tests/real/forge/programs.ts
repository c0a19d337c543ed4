import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTime } from './local-process.ts';

/** A program built from its Go module; `sum` is the module's hash as the Go checksum database has it. */
interface GoProgram {
  readonly module: string;
  readonly version: string;
  readonly sum: string;
  readonly binary: string;
  readonly tags: string;
  readonly variable: string;
  /** A program with C in it (SQLite); one without it runs in any image. */
  readonly cgo: boolean;
  /** Folders of the module that the program reads when it runs. */
  readonly keep: readonly string[];
}

export const GITEA: GoProgram = {
  module: 'code.gitea.io/gitea',
  version: 'v1.26.4',
  sum: 'h1:VDA00oYg16VrQf3sES0NuS/oiDLAIVng/7jKHsBMP/w=',
  binary: 'gitea',
  tags: 'sqlite sqlite_unlock_notify',
  variable: 'main.Version',
  cgo: true,
  keep: ['templates', 'options', 'public'],
};

export const RUNNER: GoProgram = {
  module: 'gitea.com/gitea/runner',
  version: 'v1.0.8',
  sum: 'h1:zKfC4+zyyGIDagqhII3WVw52P+A9iAa63It0lniN4SI=',
  binary: 'gitea-runner',
  tags: '',
  variable: 'gitea.com/gitea/runner/internal/pkg/ver.version',
  cgo: false,
  keep: [],
};

export interface ForgePrograms {
  readonly cache: string;
  readonly gitea: string;
  /** Folder with Gitea's templates and options. */
  readonly share: string;
  readonly runner: string;
}

/** Where the programs are kept between runs. */
export function cacheFolder(): string {
  return resolve(
    process.env.AUTOGIT_FORGE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'autogit-forge'),
  );
}

/** The built programs, or undefined when they are not built yet. */
export function findPrograms(cache = cacheFolder()): ForgePrograms | undefined {
  const paths = programPaths(cache);
  return existsSync(paths.gitea) && existsSync(paths.runner) ? paths : undefined;
}

/** Builds what is missing, once per machine; several callers at once are safe. Needs Go, a C compiler and git. */
export async function buildPrograms(note: (line: string) => void, cache = cacheFolder()): Promise<ForgePrograms> {
  const found = findPrograms(cache);
  if (found !== undefined) return found;
  return withLock(cache, async () => {
    for (const program of [RUNNER, GITEA]) {
      const target = programFolder(cache, program);
      if (!existsSync(join(target, program.binary))) buildProgram(program, target, note);
    }
    return programPaths(cache);
  });
}

function programPaths(cache: string): ForgePrograms {
  const share = programFolder(cache, GITEA);
  return { cache, gitea: join(share, GITEA.binary), share, runner: join(programFolder(cache, RUNNER), RUNNER.binary) };
}

const programFolder = (cache: string, program: GoProgram): string =>
  join(cache, `${program === GITEA ? 'gitea' : 'runner'}-${program.version}${program.cgo ? '' : '-static'}`);

/** Copies the module's source, builds in the copy (its own go.sum pins the rest) and keeps binary and named folders. */
function buildProgram(program: GoProgram, target: string, note: (line: string) => void): void {
  const scratch = mkdtempSync(`${target}.building-`);
  try {
    note(`building ${program.module} ${program.version} (once; kept in ${target})`);
    const asked = run('go', ['mod', 'download', '-json', `${program.module}@${program.version}`], scratch);
    const info = JSON.parse(asked) as { readonly Dir: string; readonly Sum: string };
    if (info.Sum !== program.sum)
      throw new Error(`${program.module} ${program.version} is ${info.Sum}, expected ${program.sum}`);
    const source = join(scratch, 'source');
    const out = join(scratch, 'out');
    cpSync(info.Dir, source, { recursive: true });
    run('chmod', ['-R', 'u+w', source], scratch);
    mkdirSync(out);
    const flags = [
      '-trimpath',
      '-buildvcs=false',
      '-ldflags',
      `-s -w -X ${program.variable}=${program.version.slice(1)}`,
    ];
    const tags = program.tags === '' ? [] : ['-tags', program.tags];
    run('go', ['build', ...flags, ...tags, '-o', join(out, program.binary), '.'], source, program.cgo);
    for (const folder of program.keep) cpSync(join(source, folder), join(out, folder), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    renameSync(out, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[], cwd: string, cgo = true): string {
  const env = { ...process.env, CGO_ENABLED: cgo ? '1' : '0', GOFLAGS: '' };
  return execFileSync(command, [...args], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** One builder per cache folder, across processes. */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  while (!takeLock(lock)) await sleep(300);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, JSON.stringify({ pid: process.pid, started: startTime(process.pid) }), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** Its writer is gone, or died before it could write its name. */
function isAbandoned(lock: string): boolean {
  try {
    const text = readFileSync(lock, 'utf8');
    if (text === '') return Date.now() - statSync(lock).mtimeMs > 10_000;
    const owner = JSON.parse(text) as { readonly pid: number; readonly started: string };
    return startTime(owner.pid) !== owner.started;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
