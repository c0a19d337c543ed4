import type { Result } from '../model/result.ts';
import { ok } from '../model/result.ts';
import type { HostState } from '../model/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engine, Scope } from '../ports/engine.ts';
import type { Log } from '../ports/log.ts';
import { applyUnit, outcomeOf } from './apply.ts';
import { openConnection } from './connection.ts';
import type { DockerContext } from './context.ts';
import { WorldError } from './failure.ts';
import { emptyMemory, observe } from './observe.ts';
import { launchRunner, retireRunner } from './runners.ts';
import { watch } from './watch.ts';

export interface DockerEngineOptions {
  /** `unix:///var/run/docker.sock`, `tcp://host:2376`. Another scheme is refused at the first call, with the way around it. */
  readonly url: string;
  /** Host id of the file, for messages and runners. */
  readonly host: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Folder with `ca.pem`, `cert.pem`, `key.pem` for a `tcp` engine. */
  readonly certificates?: string;
  /** Image with a shell, tar, find, stat and sha256sum that fills volumes. Default: see `ensureFiller`. */
  readonly fillerImage?: string | undefined;
  /** Folder with archives of AutoGit's own image for that, `<architecture>.tar`. */
  readonly fillerArchives?: string | undefined;
  /** Network that runners join. Default `bridge`. */
  readonly runnerNetwork?: string;
}

/**
 * A host with a Docker engine. Opens no connection yet; nothing is written except by `apply`, `launch` and `retire`.
 * Throws for certificates that cannot be read.
 */
export function createDockerEngine(options: DockerEngineOptions): Engine {
  const docker: DockerContext = {
    connection: openConnection(options.url, options.certificates),
    clock: options.clock,
    log: options.log,
    host: options.host,
    fillerImage: options.fillerImage,
    fillerArchives: options.fillerArchives,
    runnerNetwork: options.runnerNetwork ?? 'bridge',
    passed: new Map(),
  };
  const memory = emptyMemory();
  return {
    kind: 'docker',
    observe: (scope: Scope, signal: AbortSignal) => resultOf(observe(docker, memory, scope, signal)),
    apply: (action, context) => outcomeOf(context, (step) => applyUnit(docker, memory, step, action, context)),
    async launch(action, credential, context) {
      memory.launching.add(action.name);
      try {
        return await outcomeOf(context, (step) => launchRunner(docker, step, action, credential));
      } finally {
        memory.launching.delete(action.name);
      }
    },
    async retire(runner, graceMs, context) {
      memory.draining.add(runner);
      try {
        return await outcomeOf(context, (step) => retireRunner(docker, step, runner, graceMs));
      } finally {
        memory.draining.delete(runner);
      }
    },
    watch: (scope, wake, signal) => watch(docker, memory, scope, wake, signal),
    close: () => docker.connection.close(),
  };
}

async function resultOf(reading: Promise<HostState>): Promise<Result<HostState>> {
  try {
    return ok(await reading);
  } catch (error) {
    if (error instanceof WorldError) return { ok: false, failure: error.failure };
    throw error;
  }
}
