import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('./engine/', import.meta.url));

export interface EngineOptions {
  /** A registry that holds the test images, reachable from the engine and from here under one name. */
  readonly registry?: boolean;
  /** Also listens on tcp with TLS. */
  readonly tls?: boolean;
  /** More arguments for dockerd, such as `--live-restore`. */
  readonly engineArgs?: readonly string[];
  /** Load no test images. */
  readonly noImages?: boolean;
}

export interface TestEngine {
  /** Path of the unix socket. */
  readonly socket: string;
  /** `unix://<socket>`. */
  readonly url: string;
  /** IPv4 address of the engine's host: published ports answer here, not on localhost. */
  readonly address: string;
  /** IPv4 address at which containers of the engine reach services of this machine. */
  readonly gateway: string;
  /** `10.213.N.1:5000`. */
  readonly registry?: string;
  readonly tls?: { readonly url: string; readonly certificates: string };
  /** Folder of everything this engine has; its log is `1/log`. */
  readonly folder: string;
  /** Plays a fault: see `engine/ctl`. Resolves when it is done. */
  ctl(
    action: 'stop' | 'kill' | 'start' | 'restart' | 'crash' | 'pause' | 'resume' | 'cut' | 'mend' | 'pid',
  ): Promise<string>;
  /** Runs a command in the engine's network and mounts; resolves with its output. */
  exec(...command: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a throw-away Docker engine in namespaces of its own (about a second). It ends with `stop`, or with this
 * process. Throws with the script's words when the machine lacks something; ask `available` first.
 */
export async function startEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const args = ['--json', '--owner', String(process.pid)];
  if (options.registry) args.push('--registry');
  if (options.tls) args.push('--tls');
  if (options.noImages) args.push('--no-images');
  for (const arg of options.engineArgs ?? []) args.push('--engine-arg', arg);
  const { stdout } = await script('up', args);
  const told = JSON.parse(stdout) as Readonly<Record<string, string>>;
  const dir = told.ENGINE_DIR ?? '';
  const url = told.ENGINE_1 ?? '';
  const address = told.ENGINE_1_ADDR ?? '';
  return {
    socket: url.slice('unix://'.length),
    url,
    address,
    gateway: address.replace(/\.\d+$/, '.1'),
    ...(told.REGISTRY === undefined ? {} : { registry: told.REGISTRY }),
    ...(told.ENGINE_1_TLS === undefined
      ? {}
      : { tls: { url: told.ENGINE_1_TLS, certificates: told.ENGINE_CERTS ?? '' } }),
    folder: dir,
    ctl: async (action) => (await script('ctl', [action, '1', dir])).stdout.trim(),
    exec: async (...command) => (await script('ctl', ['exec', '1', dir, ...command])).stdout,
    stop: async () => {
      await script('down', [dir]);
    },
  };
}

function script(name: 'up' | 'ctl' | 'down', args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  // Node's own variables stay out: an engine inherits the environment it is started with.
  const env = {
    PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
    TMPDIR: process.env.TMPDIR ?? '/tmp',
    HOME: '/root',
  };
  return run(`${folder}${name}`, [...args], { env, maxBuffer: 16 << 20 });
}
