import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Status } from '../../reconciler/model/status.ts';
import { buildCli } from '../../scripts/build/cli.ts';
import { startEngine, type TestEngine } from '../../tests/real/docker/start-engine.ts';
import { startForge } from '../../tests/real/forge/start-forge.ts';
import { type Reconciler, startReconciler } from '../../tests/real/main-job/reconciler.ts';
import { makeRepository, type Repository } from '../../tests/real/main-job/repository.ts';

const root = join(import.meta.dirname, '../..');

/** What every measurement works with: a forge with a repository, the bundle, and engines as they are asked for. */
export interface World {
  readonly folder: string;
  /** The command line as people run it. */
  readonly bundle: string;
  readonly repository: Repository;
  engine(): Promise<TestEngine>;
  /** A reconciler with a state of its own that follows the repository. */
  reconciler(name: string): Promise<Reconciler>;
  /** Ends the reconcilers and engines that were started so far. */
  endPart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-bench-'));
  await buildCli(root, join(folder, 'dist'));
  const bundle = join(folder, 'dist/autogit.mjs');
  const forge = await startForge();
  mkdirSync(join(folder, 'clone'));
  const repository = await makeRepository(forge, join(folder, 'clone'));
  const running: Reconciler[] = [];
  const engines: TestEngine[] = [];
  const endPart = async (): Promise<void> => {
    for (const each of running.splice(0)) if (each.process.exitCode === null) await each.stop();
    for (const each of engines.splice(0)) await each.stop();
  };
  return {
    folder,
    bundle,
    repository,
    engine: async () => {
      // A service has a network of its own; the engine's default pools hold 31.
      const engine = await startEngine({ engineArgs: ['--default-address-pool', 'base=10.214.0.0/16,size=26'] });
      engines.push(engine);
      return engine;
    },
    reconciler: async (name) => {
      const state = join(folder, `state-${name}`);
      const follow = ['--repo', repository.url, '--branch', 'main', '--allow-http', '--state', state];
      const started = await startReconciler({
        program: bundle,
        state,
        log: join(folder, `${name}.log`),
        env: {},
        args: [...follow, '--port', '0', '--log', 'json', '--filler-image', 'autogit-test/filler:1'],
      });
      running.push(started);
      return started;
    },
    endPart,
    stop: async () => {
      await endPart();
      await forge.stop();
      if (process.env.AUTOGIT_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until `revision` is in force and nothing is left to do. */
export async function untilApplied(reconciler: Reconciler, revision: string, timeoutMs = 300_000): Promise<Status> {
  return reconciler.until(
    `${revision.slice(0, 7)} applied`,
    (status) => status.revision?.revision === revision && status.revision.state === 'applied' && status.health === 'ok',
    timeoutMs,
  );
}
