import type { Host } from '../../compiler/model/platform.ts';
import type { Outcome } from '../model/record.ts';
import { ok } from '../model/result.ts';
import type { EngineFacts } from '../model/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { ActContext, Engine } from '../ports/engine.ts';
import { applyAction } from './apply.ts';
import type { Behaviour } from './behaviour.ts';
import { observeWorld } from './observe.ts';
import { createMemoryWorld, type MemoryWorld } from './world.ts';

export interface MemoryEngineOptions {
  readonly clock: Clock;
  /** Host id. */
  readonly host: Host['id'];
  /** What the host claims to be; ignored when a world is given. */
  readonly facts?: Partial<EngineFacts>;
  /** Read at each call, so that a script may change it meanwhile. */
  readonly behaviour?: () => Behaviour;
  /** Give the same world again to reopen it, as after a restart of the reconciler. */
  readonly world?: MemoryWorld;
}

export interface MemoryEngine extends Engine {
  readonly kind: 'memory';
  readonly world: MemoryWorld;
  /** The runner has taken its one job and ended: what a trace of jobs calls. With an error, `logs` are its last lines. */
  endRunner(name: string, exitCode?: number, logs?: readonly string[]): void;
  /** Tells those who watch that something changed. */
  notify(): void;
}

/** An engine in memory: the whole port, nothing outside this process is touched. */
export function createMemoryEngine(options: MemoryEngineOptions): MemoryEngine {
  const { clock, host } = options;
  const world = options.world ?? createMemoryWorld(options.facts);
  const watchers = new Set<() => void>();
  const behaviour = () => options.behaviour?.() ?? {};
  const notify = () => {
    for (const wake of watchers) wake();
  };
  const step = (text: string) => {
    behaviour().beforeStep?.(text);
    world.writes += 1;
  };

  async function guarded(call: string, work: () => Promise<Outcome>): Promise<Outcome> {
    const failure = behaviour().fault?.(call);
    return failure === undefined ? work() : { kind: 'failed', failure };
  }

  async function launch(
    action: Parameters<Engine['launch']>[0],
    forgeId: string,
    context: ActContext,
  ): Promise<Outcome> {
    const found = world.runners.find(({ name }) => name === action.name);
    if (found !== undefined) return { kind: 'done', liveId: found.id };
    step(`launch ${action.name}`);
    const id = `r${world.nextId++}`;
    const { pool, name, digest } = action;
    world.runners.push({ id, pool, name, forgeId, digest, state: 'running', startedAt: clock.now(), ...context.scope });
    return { kind: 'done', liveId: id };
  }

  async function retire(runner: string): Promise<Outcome> {
    const index = world.runners.findIndex(({ id }) => id === runner);
    if (index < 0) return { kind: 'done' };
    const { name, exitCode = 0, logs } = world.runners[index] ?? {};
    step(`remove runner ${name}`);
    world.runners.splice(index, 1);
    return { kind: 'done', ...(exitCode !== 0 && logs !== undefined ? { logs } : {}) };
  }

  return {
    kind: 'memory',
    world,
    async observe(scope) {
      const failure = behaviour().fault?.('observe');
      return failure === undefined
        ? ok(structuredClone(observeWorld(world, host, scope, behaviour(), clock.now())))
        : { ok: false, failure };
    },
    apply: (action, context) =>
      guarded(`apply ${action.id}`, () => applyAction({ world, clock, behaviour: behaviour(), context, step }, action)),
    launch: (action, credential, context) =>
      guarded(`launch ${action.name}`, () => launch(action, credential.forgeId, context)),
    retire: (runner) => guarded(`retire ${runner}`, () => retire(runner)),
    watch(_scope, wake, signal) {
      watchers.add(wake);
      return new Promise((resolve) => {
        const leave = () => {
          watchers.delete(wake);
          resolve();
        };
        if (signal.aborted) leave();
        else signal.addEventListener('abort', leave, { once: true });
      });
    },
    endRunner(name, exitCode = 0, logs) {
      const runner = world.runners.find((item) => item.name === name);
      if (runner === undefined) return;
      runner.state = 'exited';
      runner.exitCode = exitCode;
      if (logs !== undefined) runner.logs = logs;
      notify();
    },
    notify,
    close: () => watchers.clear(),
  };
}
