import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildCli } from '../../scripts/build/cli.ts';
import { type Reconciler, startReconciler } from '../real/main-job/reconciler.ts';

const root = join(import.meta.dirname, '../..');

/** What a person sees of a command. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  /** Words before the program: `unshare …`. */
  readonly before?: readonly string[];
}

/** The command line as people run it, built into a folder of its own. */
export interface Program {
  /** Path of what Node runs. */
  readonly path: string;
  /** A new empty folder for each call, removed with the program. */
  folder(): string;
  run(args: readonly string[], options?: RunOptions): Promise<Said>;
  /** `autogit reconcile` as a service; ends with the program. */
  service(args: readonly string[], state: string, env?: Readonly<Record<string, string>>): Promise<Reconciler>;
  close(): Promise<void>;
}

export async function buildProgram(): Promise<Program> {
  const base = mkdtempSync(join(tmpdir(), 'autogit-cli-faults-'));
  // Other users run it too.
  chmodSync(base, 0o755);
  await buildCli(root, join(base, 'dist'));
  const program = join(base, 'dist/autogit.mjs');
  const services: Reconciler[] = [];
  const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', AUTOGIT_POLICY: join(base, 'no-policy.yaml') };
  return {
    path: program,
    folder: () => mkdtempSync(join(base, 'f-')),
    run: (args, options = {}) => {
      const node = options.uid === undefined ? process.execPath : nodeForAll(base);
      const [command = '', ...words] = [...(options.before ?? []), node, program, ...args];
      return runToEnd(command, words, { ...env, ...options.env }, base, options.uid);
    },
    async service(args, state, more = {}) {
      const service = await startReconciler({
        program,
        state,
        log: `${state}.log`,
        env: { ...env, ...more },
        args: [...args, '--state', state, '--port', '0', '--log', 'json'],
      });
      services.push(service);
      return service;
    },
    async close() {
      for (const service of services) if (service.process.exitCode === null) await service.kill();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Node where every user may run it: a clone below `/root` is closed to others, its Node with it. */
function nodeForAll(base: string): string {
  const copy = join(base, 'node');
  if (isOpenToAll(process.execPath)) return process.execPath;
  if (!existsSync(copy)) copyFileSync(process.execPath, copy);
  chmodSync(copy, 0o755);
  return copy;
}

function isOpenToAll(path: string): boolean {
  return (statSync(path).mode & 0o001) !== 0 && (dirname(path) === path || isOpenToAll(dirname(path)));
}

function runToEnd(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
  uid?: number,
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const user = uid === undefined ? {} : { uid, gid: uid };
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], ...user });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
