import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { vi } from 'vitest';
import { buildCli } from '../../../scripts/build/cli.ts';
import { type ApiProxy, startApiProxy } from '../docker/api-proxy.ts';
import { importImage } from '../docker/import-image.ts';
import { startEngine, type TestEngine } from '../docker/start-engine.ts';
import { type Forge, startForge } from '../forge/start-forge.ts';
import { type PlatformFile, platformFile } from './platform-file.ts';
import { type Reconciler, startReconciler } from './reconciler.ts';
import { makeRepository, type Repository } from './repository.ts';

const root = join(import.meta.dirname, '../../..');

/** Everything of the story: an engine, a forge with a repository, and the reconciler as its own process. */
export interface World {
  readonly engine: TestEngine;
  readonly docker: Docker;
  /** Stands between the reconciler and the engine and notes every call. */
  readonly proxy: ApiProxy;
  readonly forge: Forge;
  readonly repository: Repository;
  readonly folder: string;
  /** Where the reconciler writes its log. */
  readonly log: string;
  reconciler: Reconciler;
  file(changes?: Partial<PlatformFile>): string;
  startReconciler(): Promise<void>;
  /** Names of all containers, stopped ones included, sorted. */
  containers(): Promise<readonly string[]>;
  /** The statuses of a commit at the forge, newest first, as `state: description`. */
  commitStatuses(revision: string): Promise<readonly string[]>;
  /** A client inside the container `home-visitor-1` that asks for `http://web:8080/` all the time, until it is ended. */
  visit(): Promise<() => Promise<Visits>>;
  stop(): Promise<void>;
}

export interface Visits {
  readonly answers: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
  readonly last: string;
  readonly longestGapMs: number;
}

const runnerImage = 'autogit-test/runner:1';

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-story-'));
  await buildCli(root, join(folder, 'dist'));
  const program = join(folder, 'dist/autogit.mjs');
  const engine = await startEngine();
  const proxy = await startApiProxy(engine.socket);
  const forge = await startForge({ address: engine.gateway });
  await importImage(engine, {
    tag: runnerImage,
    files: { '/usr/local/bin/gitea-runner': forge.runner, '/etc/ssl/certs/ca-certificates.crt': { text: '' } },
    config: { User: '1000:1000', Env: ['PATH=/usr/local/bin:/bin', 'HOME=/tmp'], WorkingDir: '/tmp' },
  });
  await importImage(engine, { tag: 'autogit-test/filler:1' });
  mkdirSync(join(folder, 'clone'));
  const repository = await makeRepository(forge, join(folder, 'clone'));
  const state = join(folder, 'state');
  const log = join(folder, 'reconciler.log');
  const docker = new Docker({ socketPath: engine.socket });
  const start = (): Promise<Reconciler> =>
    startReconciler({
      program,
      state,
      log,
      env: { AUTOGIT_FORGE_TOKEN: forge.token },
      args: [
        ...['--repo', repository.url, '--branch', 'main', '--state', state, '--port', '0'],
        ...['--filler-image', 'autogit-test/filler:1', '--log', 'json', '--allow-http', '--jobs-interval', '500ms'],
      ],
    });
  const world: World = {
    engine,
    docker,
    proxy,
    forge,
    repository,
    folder,
    log,
    reconciler: undefined as unknown as Reconciler,
    file: (changes = {}) =>
      platformFile({ engine: proxy.url, forge: forge.url, repository: repository.url, runnerImage, ...changes }),
    startReconciler: async () => {
      world.reconciler = await start();
    },
    containers: async () => (await docker.listContainers({ all: true })).flatMap((each) => each.Names).sort(),
    commitStatuses: async (revision) => {
      const list = (await forge.api('GET', `${repository.route}/commits/${revision}/statuses`)) as readonly {
        readonly status: string;
        readonly description: string;
        readonly id: number;
      }[];
      return list.toSorted((a, b) => b.id - a.id).map((each) => `${each.status}: ${each.description}`);
    },
    visit: () => visit(engine, docker, folder),
    stop: async () => {
      await world.reconciler?.kill();
      await forge.stop();
      await proxy.close();
      await engine.stop();
      if (process.env.AUTOGIT_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

async function visit(engine: TestEngine, docker: Docker, folder: string): Promise<() => Promise<Visits>> {
  const { State } = await docker.getContainer('home-visitor-1').inspect();
  const end = join(folder, `end-visits-${State.Pid}-${Date.now()}`);
  const client = join(root, 'tests/real/docker/poll-client.ts');
  const said = engine.exec('nsenter', '-t', String(State.Pid), '-n', process.execPath, client, 'web', '8080', end);
  await vi.waitFor(() => access(`${end}.begun`), { timeout: 60_000 });
  return async () => {
    writeFileSync(end, '');
    return JSON.parse(await said) as Visits;
  };
}
