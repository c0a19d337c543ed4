import { arch, availableParallelism, hostname, release, totalmem } from 'node:os';
import type { HostRunner } from '../model/load.ts';
import type { Outcome } from '../model/record.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { EngineFacts, HostState } from '../model/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engine, Scope } from '../ports/engine.ts';
import type { Log } from '../ports/log.ts';
import { launchRunner } from './launch-runner.ts';
import type { ProcessHost } from './process-host.ts';
import { retireRunner } from './retire-runner.ts';
import { deploymentFolder, type RunnerFolder, readRunnerFolders } from './runner-folder.ts';
import { idOf } from './runner-id.ts';

export interface ProcessEngineOptions {
  /** Host id. */
  readonly host: string;
  /** Where runners have their folders; made when missing, only for our user. */
  readonly directory: string;
  /** Absolute paths of `gitea-runner` and `forgejo-runner`, from the host's policy file; else the search path is used. */
  readonly programs: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Search path of the runners and for them. */
  readonly path?: string;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const WATCH_MS = 2_000;

/**
 * Runners as processes of this machine (Linux, macOS), with our own rights: for machines of one's own and trusted jobs.
 * Limits of a pool decide how many runners fit here; a process is not held to them, it only runs at lower priority.
 */
export function createProcessEngine(options: ProcessEngineOptions): Engine {
  const watchers = new Set<() => void>();
  const host: ProcessHost = {
    id: options.host,
    directory: options.directory,
    programs: options.programs,
    path: options.path ?? DEFAULT_PATH,
    clock: options.clock,
    log: options.log,
    wakeAll: () => {
      for (const wake of watchers) wake();
    },
  };
  return {
    kind: 'process',
    observe: async (scope) => observe(host, scope),
    apply: async (action): Promise<Outcome> => ({
      kind: 'failed',
      failure: {
        kind: 'rejected',
        detail: `host ${host.id} only runs runners, it cannot do ${action.id}: place it on a Docker host`,
      },
    }),
    launch: (action, credential, context) => guarded(host, () => launchRunner(host, action, credential, context)),
    retire: (runner, graceMs, context) => guarded(host, () => retireRunner(host, runner, graceMs, context)),
    watch: (scope, wake, signal) => watch(host, watchers, scope, wake, signal),
    close: () => watchers.clear(),
  };
}

function observe(host: ProcessHost, scope: Scope): Result<HostState> {
  try {
    const folders = readRunnerFolders(deploymentFolder(host.directory, scope));
    return ok({
      engine: facts(),
      containers: [],
      networks: [],
      volumes: [],
      runners: folders.map((folder) => asRunner(folder, host.id)),
    });
  } catch (error) {
    return fail(
      'rejected',
      `the runners of host ${host.id} cannot be read from ${host.directory}: ${(error as Error).message}`,
    );
  }
}

function asRunner(folder: RunnerFolder, host: string): HostRunner {
  const { name, pool, digest, forgeId, startedAt } = folder.record;
  const state = folder.alive ? (folder.draining ? 'draining' : 'running') : 'exited';
  const exitCode = state === 'exited' ? folder.exitCode : undefined;
  return {
    id: idOf(folder),
    host,
    pool,
    name,
    forgeId,
    state,
    startedAt,
    digest,
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

/** A container's memory bound counts when we run in one. */
function facts(): EngineFacts {
  const bound = process.constrainedMemory();
  return {
    id: hostname(),
    version: release(),
    apiVersion: 'process',
    cpus: availableParallelism(),
    memoryBytes: bound > 0 ? Math.min(bound, totalmem()) : totalmem(),
    arch: arch(),
  };
}

/** A full disk or a folder without rights is the world, not a bug. */
async function guarded(host: ProcessHost, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    return {
      kind: 'failed',
      failure: { kind: 'rejected', detail: `host ${host.id}: ${(error as Error).message}; check ${host.directory}` },
    };
  }
}

/** Runners that we did not start ourselves tell nobody when they end: the set of those alive is compared. */
async function watch(
  host: ProcessHost,
  watchers: Set<() => void>,
  scope: Scope,
  wake: () => void,
  signal: AbortSignal,
): Promise<void> {
  watchers.add(wake);
  let before = aliveNow(host, scope);
  while (!signal.aborted) {
    await host.clock.sleep(WATCH_MS, signal);
    const now = aliveNow(host, scope);
    if (now !== before && !signal.aborted) wake();
    before = now;
  }
  watchers.delete(wake);
}

function aliveNow(host: ProcessHost, scope: Scope): string {
  const state = observe(host, scope);
  if (!state.ok) return 'unknown';
  return state.value.runners
    .filter((runner) => runner.state !== 'exited')
    .map((runner) => runner.id)
    .join(' ');
}
