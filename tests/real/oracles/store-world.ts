import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compile } from '../../../compiler/compile.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { versitygw } from './programs.ts';

/** A program that was started, with what it said. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

/** Text of the rendered file `name` of `workload`, as Docker Compose mounts it. Throws for a file with a diagnostic. */
export async function renderedConfig(file: string, workload: string, name: string): Promise<string> {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${file}`);
  const { rendered, diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target: 'compose' });
  const found = rendered?.manifests.find(({ path }) => path.endsWith(`/configs/${workload}/${name}`));
  if (found === undefined || diagnostics.length > 0) throw new Error(`not rendered: ${JSON.stringify(diagnostics)}`);
  return found.text;
}

/** Starts a program; its end is awaited by whoever needs it. */
export function launch(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(program, [...args], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      said += bytes;
    });
  }
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  return { child, ended, said: () => said };
}

/** Asks every 50 ms for a minute and a half. Throws with what the program said. */
export async function until(holds: () => Promise<boolean> | boolean, running?: Running): Promise<void> {
  for (const end = Date.now() + 90_000; ; await sleep(50)) {
    if (await Promise.resolve(holds()).catch(() => false)) return;
    if (Date.now() > end || (running?.child.exitCode ?? null) !== null)
      throw new Error(`did not come true: ${running?.said()}`);
  }
}

/** The gateway of Versity in a folder of its own, started by the script that a file renders. */
export class VersityWorld {
  readonly dir = mkdtempSync(join(tmpdir(), 'autogit-objects-'));
  readonly ports: { readonly s3: number; readonly admin: number };
  readonly #running: Running[] = [];

  constructor(ports: { readonly s3: number; readonly admin: number }) {
    this.ports = ports;
    for (const folder of ['bin', 'data', 'secrets', 'tmp']) mkdirSync(join(this.dir, folder));
    symlinkSync(versitygw().path, join(this.dir, 'bin/versitygw'));
    this.secret('objects-root-key', 'canary-root-key-of-the-store');
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.ports.s3}`;
  }

  secret(id: string, text: string): void {
    writeFileSync(join(this.dir, 'secrets', id), text === '' ? '' : `${text}\n`);
  }

  /** The keys of a client as they are mounted. */
  keys(owner: string, accessKey: string, secretKey: string): void {
    this.secret(`${owner}-objects-access-key`, accessKey);
    this.secret(`${owner}-objects-secret-key`, secretKey);
  }

  /** Runs the script of a file, with the folders and ports of this world. */
  async launch(file: string, changed = (text: string) => text): Promise<Running> {
    const script = (await renderedConfig(file, 'objects', 'start.sh'))
      .replaceAll('/tmp/', `${this.dir}/tmp/`)
      .replaceAll('/run/secrets/', `${this.dir}/secrets/`)
      .replaceAll('/data/buckets', `${this.dir}/data/buckets`)
      .replaceAll('127.0.0.1:7071', `127.0.0.1:${this.ports.admin}`)
      .replaceAll('--port :7070', `--port 127.0.0.1:${this.ports.s3}`);
    writeFileSync(join(this.dir, 'start.sh'), changed(script));
    const running = launch('/bin/sh', [join(this.dir, 'start.sh')], {
      PATH: `${join(this.dir, 'bin')}:${process.env.PATH}`,
    });
    this.#running.push(running);
    return running;
  }

  /** The same, until the health check of the component would pass. */
  async start(file: string): Promise<Running> {
    const running = await this.launch(file);
    await until(
      async () => existsSync(join(this.dir, 'tmp/ready')) && (await fetch(`${this.endpoint}/health`)).status === 200,
      running,
    );
    return running;
  }

  async stop({ child, ended }: Running): Promise<number | null> {
    child.kill('SIGTERM');
    return await ended;
  }

  async end(): Promise<void> {
    for (const running of this.#running) if (running.child.exitCode === null) await this.stop(running);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
