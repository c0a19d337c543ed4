import { systemClock } from '../../../cli/clock.ts';
import type { Pool } from '../../../compiler/model/platform.ts';
import { createGitea } from '../../../reconciler/load/gitea.ts';
import type { RunnerAction } from '../../../reconciler/model/plan.ts';
import type { Reading } from '../../../reconciler/model/reading.ts';
import type { Outcome, PoolMemory } from '../../../reconciler/model/record.ts';
import type { Result } from '../../../reconciler/model/result.ts';
import { Secret } from '../../../reconciler/model/secret.ts';
import type { Snapshot } from '../../../reconciler/model/snapshot.ts';
import { type Scaling, scalePools } from '../../../reconciler/plan/scale.ts';
import type { ScaleOptions } from '../../../reconciler/plan/scale-options.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { ActContext, Engine } from '../../../reconciler/ports/engine.ts';
import type { LoadSource, RunnerService } from '../../../reconciler/ports/forge.ts';
import { createProcessEngine } from '../../../reconciler/process/create-process-engine.ts';
import { silentLog } from '../../fakes/silent-log.ts';
import { aPlatform } from '../../scale/world.ts';
import type { Forge } from './start-forge.ts';

export const scope = { platform: 'home', deployment: 'd1' };
const never = new AbortController().signal;

export const context: ActContext = {
  scope,
  signal: never,
  deadlineMs: 60_000,
  progress: () => {},
  secret: async (id) => ({ ok: false, failure: { kind: 'not-found', detail: `no secret ${id}` } }),
};

export interface Driver {
  readonly load: LoadSource;
  readonly runners: RunnerService;
  readonly engine: Engine;
  /** All that was done so far: `launch-runner home-linux-1: done`. */
  readonly done: string[];
  /** Reads the world, decides and acts once. */
  tick(pools: readonly Pool[], options?: Partial<ScaleOptions>): Promise<Scaling>;
}

/** One pool on a process host and a real forge: observe, decide and act, without the rest of the reconciler. */
export function createDriver(forge: Forge, directory: string, clock: Clock = systemClock): Driver {
  const token = new Secret(forge.token);
  const { load, runners } = createGitea({
    url: forge.url,
    token: async () => ({ ok: true, value: token }),
    fetch,
    clock: systemClock,
  });
  const path = process.env.PATH ?? '';
  const engine = createProcessEngine({
    host: 'local',
    directory,
    programs: { 'gitea-runner': forge.runner },
    clock,
    log: silentLog,
    path,
  });
  const done: string[] = [];
  let memory: Readonly<Record<string, PoolMemory>> = {};

  async function tick(pools: readonly Pool[], options: Partial<ScaleOptions> = {}): Promise<Scaling> {
    const snapshot: Snapshot = {
      at: Date.now(),
      deployment: scope.deployment,
      desired: { revision: 'r1', platform: aPlatform(pools), units: [] },
      hosts: { local: asReading(await engine.observe(scope, never)) },
      demand: asReading(await load.read(never)),
      forgeRunners: asReading(await runners.list(never)),
      inventory: [],
      revisions: [],
      pools: memory,
      adoptOnly: false,
    };
    const scaling = scalePools(snapshot, options);
    memory = scaling.memory;
    const acting = scaling.actions.map(async (action) => ({ action, outcome: await act(runners, engine, action) }));
    for (const { action, outcome } of await Promise.all(acting)) {
      done.push(
        `${action.kind} ${action.name}: ${outcome.kind}${outcome.kind === 'failed' ? ` ${outcome.failure.detail}` : ''}`,
      );
    }
    return scaling;
  }

  return { load, runners, engine, done, tick };
}

async function act(runners: RunnerService, engine: Engine, action: RunnerAction): Promise<Outcome> {
  switch (action.kind) {
    case 'launch-runner': {
      const credential = await runners.register({ name: action.name, labels: action.labels }, never);
      return credential.ok
        ? engine.launch(action, credential.value, context)
        : { kind: 'failed', failure: credential.failure };
    }
    case 'retire-runner': {
      const { forgeId } = action;
      if (forgeId === undefined) return engine.retire(action.runner, 30_000, context);
      await runners.cordon(forgeId, never);
      const jobs = await runners.runningJobs(forgeId, never);
      if (!jobs.ok) return { kind: 'failed', failure: jobs.failure };
      if (jobs.value.length > 0) return { kind: 'stale', detail: 'a job runs on it' };
      const outcome = await engine.retire(action.runner, 30_000, context);
      await runners.remove(forgeId, never);
      return outcome;
    }
    case 'clear-runner':
      return engine.retire(action.runner, 0, context);
    case 'deregister-runner':
      await runners.remove(action.forgeId, never);
      return { kind: 'done' };
  }
}

export function asReading<T>(result: Result<T>): Reading<T> {
  return result.ok
    ? { kind: 'fresh', value: result.value, at: Date.now() }
    : { kind: 'failed', failure: result.failure, at: Date.now() };
}
