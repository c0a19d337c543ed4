import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Platform } from '../../compiler/model/platform.ts';
import { configText } from '../../tests/real/oracles/ingress-world.ts';
import { launch, type Running } from '../../tests/real/oracles/store-world.ts';

export const run = promisify(execFile);

/** A program that runs with what AutoGit renders for a part of the platform. */
export interface Part {
  /** Id of the workload that it stands for. */
  readonly id: string;
  /** Its name and version, as it is here. */
  readonly program: string;
  /** What is asked of it, for the table. */
  readonly load: string;
  /** Whether its program is on this machine; absent for what the suites need anyhow. */
  readonly isHere?: () => boolean;
  /** Starts it; resolves when it answers. */
  start(platform: Platform): Promise<Started>;
}

export interface Started {
  /** Of the process whose tree is measured. */
  readonly pid: () => number;
  /** Asks of it what `load` says. */
  readonly work: () => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** A folder with the rendered files of one part, and the programs that run in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'autogit-memory-'));
  readonly #running: Running[] = [];
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  make(...names: readonly string[]): string {
    mkdirSync(this.at(...names), { recursive: true });
    return this.at(...names);
  }

  write(name: string, text: string): string {
    writeFileSync(this.at(name), text);
    return this.at(name);
  }

  /** A rendered file with paths, ports and neighbours of this machine; each text that is replaced has to be in it. */
  config(name: string, id: string, replaced: Readonly<Record<string, string>>): string {
    return this.write(name, configText(this.#platform, id, replaced));
  }

  run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const running = launch(program, args, { PATH: process.env.PATH ?? '', HOME: this.path, ...env });
    this.#running.push(running);
    return running;
  }

  async end(): Promise<void> {
    for (const { child, ended } of this.#running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      const slow = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(slow);
    }
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs `each` for 0 … count-1, so many at once. */
export async function times(count: number, atOnce: number, each: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await each(index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Id of the process; there is one while it runs. */
export function pidOf({ child }: Running): () => number {
  return () => child.pid ?? 0;
}
