import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { callForge } from './forge-api.ts';
import { type GiteaSecrets, giteaConfig } from './gitea-config.ts';
import { isRunning, type LocalProcess, startProcess, stopProcess } from './local-process.ts';
import { buildPrograms, type ForgePrograms, GITEA, withLock } from './programs.ts';
import { type JobGroup, type QueueOptions, queueJobs } from './queue-jobs.ts';
import { type RunnerOptions, startRunner } from './start-runner.ts';

export interface ForgeOptions {
  /** A local address to listen on; a bridge's address makes the forge reachable from containers. Default 127.0.0.1. */
  readonly address?: string;
  /** Settings of `app.ini`, for example `{ 'actions.ZOMBIE_TASK_TIMEOUT': '20s' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Forge {
  /** Without a trailing slash. */
  readonly url: string;
  /** Of the administrator, with every scope. */
  readonly token: string;
  readonly user: string;
  readonly password: string;
  /** State folder, removed by `stop`. */
  readonly dir: string;
  /** The runner program. */
  readonly runner: string;
  /** `ci/demo`, public, with an empty queue. */
  readonly repository: string;
  /** With the token in it. */
  readonly cloneUrl: string;
  api(method: string, route: string, body?: unknown): Promise<unknown>;
  /** A token of the administrator with only these scopes: `read:repository`. */
  makeToken(scopes: readonly string[]): Promise<string>;
  /** One commit and one dispatch make a run with a job for every entry of `groups`; returns when they are listed. */
  queueJobs(groups: readonly JobGroup[], options?: QueueOptions): Promise<void>;
  /** The forge's own way of registering, apart from what AutoGit does. */
  startRunner(options: RunnerOptions): Promise<LocalProcess>;
  /** Stops the server and keeps its state. */
  down(): Promise<void>;
  /** Starts the server again on the same port. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

const USER = 'autogit';
const REPOSITORY = 'ci/demo';

interface Seed extends GiteaSecrets {
  readonly token: string;
}

/** Starts a real Gitea with its state in a new temporary folder; builds it first where that was not done yet. */
export async function startForge(options: ForgeOptions = {}): Promise<Forge> {
  const programs = await buildPrograms((line) => process.stderr.write(`${line}\n`));
  const seed = await ensureSeed(programs);
  const dir = mkdtempSync(join(tmpdir(), 'autogit-forge-'));
  cpSync(join(seedFolder(programs), 'state'), dir, { recursive: true });
  const server = await startServer(programs, dir, seed, options);
  return forgeOn(server, programs, dir, seed);
}

function forgeOn(server: Server, programs: ForgePrograms, dir: string, seed: Seed): Forge {
  const { url } = server;
  const { token } = seed;
  const runners: LocalProcess[] = [];
  let current: LocalProcess | undefined = server.process;
  const down = async (): Promise<void> => {
    if (current !== undefined) await stopProcess(current);
    current = undefined;
  };
  const forge: Forge = {
    url,
    token,
    user: USER,
    password: seed.password,
    dir,
    runner: programs.runner,
    repository: REPOSITORY,
    cloneUrl: `${url.replace('://', `://${USER}:${token}@`)}/${REPOSITORY}.git`,
    api: (method, route, body) => callForge({ url, token }, method, route, body),
    makeToken: (scopes) => makeToken(url, seed.password, scopes),
    queueJobs: (groups, jobOptions = {}) => queueJobs(forge, groups, jobOptions),
    startRunner: async (runnerOptions) => {
      const started = await startRunner(forge, runnerOptions);
      runners.push(started);
      return started;
    },
    down,
    up: async () => {
      current ??= await runServer(programs, dir, url);
    },
    stop: async () => {
      for (const runner of runners) await stopProcess(runner);
      await down();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return forge;
}

async function makeToken(url: string, password: string, scopes: readonly string[]): Promise<string> {
  const answer = await fetch(`${url}/api/v1/users/${USER}/tokens`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: `test-${randomBytes(4).toString('hex')}`, scopes }),
  });
  if (!answer.ok) throw new Error(`token not made: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { readonly sha1: string }).sha1;
}

// The first state: made once per machine and copied, so that a start needs no migration and no account.

const seedFolder = (programs: ForgePrograms): string => join(programs.cache, `seed-${GITEA.version}-1`);

async function ensureSeed(programs: ForgePrograms): Promise<Seed> {
  const folder = seedFolder(programs);
  const file = join(folder, 'secrets.json');
  if (!existsSync(file)) {
    await withLock(programs.cache, async () => {
      if (!existsSync(file)) await makeSeed(programs, folder);
    });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Seed;
}

async function makeSeed(programs: ForgePrograms, folder: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'autogit-forge-seed-'));
  const secrets: GiteaSecrets = {
    secretKey: randomBytes(32).toString('hex'),
    internalToken: execFileSync(programs.gitea, ['generate', 'secret', 'INTERNAL_TOKEN'], {
      env: environment(dir),
      encoding: 'utf8',
    }).trim(),
    jwtSecret: randomBytes(32).toString('base64url'),
    password: randomBytes(12).toString('hex'),
  };
  try {
    const server = await startServer(programs, dir, secrets, {});
    const token = await fillForge(server.url, programs, dir, secrets.password).finally(() =>
      stopProcess(server.process),
    );
    const draft = mkdtempSync(`${folder}.making-`);
    mkdirSync(join(draft, 'state'));
    for (const part of ['gitea.db', 'gitea.db-wal', 'gitea.db-shm', 'data', 'repositories', '.gitconfig']) {
      if (existsSync(join(dir, part))) cpSync(join(dir, part), join(draft, 'state', part), { recursive: true });
    }
    writeFileSync(join(draft, 'secrets.json'), JSON.stringify({ ...secrets, token } satisfies Seed), { mode: 0o600 });
    renameSync(draft, folder);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function fillForge(url: string, programs: ForgePrograms, dir: string, password: string): Promise<string> {
  const account = [
    '--username',
    USER,
    '--password',
    password,
    '--email',
    `${USER}@forge.test`,
    '--admin',
    '--must-change-password=false',
  ];
  const access = ['--access-token', '--access-token-name', 'admin', '--access-token-scopes', 'all'];
  const made = execFileSync(
    programs.gitea,
    ['admin', 'user', 'create', '--config', join(dir, 'app.ini'), ...account, ...access],
    {
      cwd: dir,
      env: environment(dir),
      encoding: 'utf8',
    },
  );
  const token = /\b[0-9a-f]{40}\b/.exec(made)?.[0];
  if (token === undefined) throw new Error(`no token in: ${made}`);
  const [org = '', name = ''] = REPOSITORY.split('/');
  await callForge({ url, token }, 'POST', '/orgs', { username: org, visibility: 'public' });
  await callForge({ url, token }, 'POST', `/orgs/${org}/repos`, {
    name,
    auto_init: true,
    default_branch: 'main',
    private: false,
  });
  return token;
}

interface Server {
  readonly url: string;
  readonly process: LocalProcess;
}

/** A free port may be taken by another program before the server has it: tried three times. */
async function startServer(
  programs: ForgePrograms,
  dir: string,
  secrets: GiteaSecrets,
  options: ForgeOptions,
): Promise<Server> {
  const address = options.address ?? '127.0.0.1';
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(address);
    const config = giteaConfig({ dir, address, port, share: programs.share, secrets, extra: options.settings ?? {} });
    writeFileSync(join(dir, 'app.ini'), config, { mode: 0o600 });
    const url = `http://${address}:${port}`;
    try {
      return { url, process: await runServer(programs, dir, url) };
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function runServer(programs: ForgePrograms, dir: string, url: string): Promise<LocalProcess> {
  const log = join(dir, 'gitea.log');
  const server = startProcess('gitea', programs.gitea, ['web', '--config', join(dir, 'app.ini')], {
    cwd: dir,
    env: environment(dir),
    log,
  });
  for (const end = Date.now() + 60_000; Date.now() < end && isRunning(server); await sleep(25)) {
    const answer = await fetch(`${url}/api/healthz`).catch(() => undefined);
    if (answer?.ok === true) return server;
  }
  await stopProcess(server);
  throw new Error(`gitea did not come up:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

function environment(dir: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: dir,
    USER: userInfo().username,
    LANG: 'C.UTF-8',
    GITEA_WORK_DIR: dir,
    TMPDIR: tmpdir(),
  };
}
