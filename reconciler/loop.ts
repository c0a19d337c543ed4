import type { Platform } from '../compiler/model/platform.ts';
import type { Clock } from './ports/clock.ts';
import type { Scope } from './ports/engine.ts';
import type { Log } from './ports/log.ts';
import type { CycleResult, Engines, ForgePorts, Limits } from './ports/reconciler.ts';
import type { Source } from './ports/source.ts';
import type { Store } from './ports/store.ts';
import type { Wakes } from './turns.ts';

/** What one cycle is asked to do. */
export interface CycleAsk {
  /** Look at the source now, whenever that was done last. */
  readonly force: boolean;
  /** Act only when the plan has this digest. */
  readonly digest?: string;
}

export interface LoopOptions {
  readonly source: Source;
  readonly engines: Engines;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly forge: (platform: Platform) => ForgePorts;
  readonly limits: Limits;
  readonly wakes: Wakes;
  /** The platform of the last cycle. */
  readonly platform: () => Platform | undefined;
  readonly cycle: (ask: CycleAsk) => Promise<CycleResult>;
  readonly onNext: (at: number) => void;
  readonly signal: AbortSignal;
}

/** The job queue as it was read last. */
interface LastDemand {
  text: string | undefined;
}

/** Shortest time between two cycles: a burst of events is one reason, not many. Milliseconds. */
const gapMs = 1000;
/** A cycle that asks for another at once gets it this many times in a row; then it waits as usual. */
const againMax = 5;
const intervalMs = 30_000;

/**
 * Decides when the next cycle runs, and nothing else: at the interval of the file with ten percent of jitter, soon after
 * something woke it (an engine event, a changed file, a changed job queue, a request), when a job of the platform is due, at
 * once after a cycle that asks for it.
 */
export async function runLoop(options: LoopOptions): Promise<void> {
  const { signal, clock, wakes, source } = options;
  let isForced = true;
  let again = 0;
  const last: LastDemand = { text: undefined };
  void source.watch(() => {
    isForced = true;
    wakes.wake();
  }, signal);
  const watch = createWatches(options);
  while (!signal.aborted) {
    const force = isForced;
    isForced = false;
    wakes.clear();
    const result = await options.cycle({ force });
    watch.keepUp();
    again = result.again ? again + 1 : 0;
    if (signal.aborted) return;
    const usualMs = jittered(options.platform()?.gitops.intervalMs ?? intervalMs, options.random);
    const dueMs = result.dueAt === undefined ? usualMs : Math.max(result.dueAt - clock.now(), gapMs);
    const waitMs = again > 0 && again <= againMax ? 0 : Math.min(usualMs, dueMs);
    options.onNext(clock.now() + waitMs);
    if (waitMs > 0) await waitForReason(options, last, waitMs);
    else await clock.sleep(0, signal);
  }
}

function jittered(ms: number, random: () => number): number {
  return Math.round(ms * (0.9 + 0.2 * random()));
}

/** Returns when `waitMs` are over or something woke the loop, and never before the shortest gap. */
async function waitForReason(options: LoopOptions, last: LastDemand, waitMs: number): Promise<void> {
  const { clock, signal, wakes } = options;
  await clock.sleep(Math.min(gapMs, waitMs), signal);
  const over = new AbortController();
  const limit = AbortSignal.any([signal, over.signal]);
  const polling = pollDemand(options, last, limit);
  await Promise.race([wakes.next(limit), clock.sleep(Math.max(waitMs - gapMs, 0), limit)]);
  over.abort();
  await polling;
}

/** Reads the job queue between cycles and wakes the loop when it is another one. A failed reading says nothing. */
async function pollDemand(
  { platform, forge, clock, limits, wakes }: LoopOptions,
  last: LastDemand,
  signal: AbortSignal,
): Promise<void> {
  const now = platform();
  const source = now !== undefined && now.pools.length > 0 ? forge(now).loadSource : undefined;
  if (source === undefined) return;
  while (!signal.aborted) {
    const result = await source.read(signal);
    if (signal.aborted) return;
    const text = result.ok ? JSON.stringify(result.value) : last.text;
    if (last.text !== undefined && text !== last.text) wakes.wake();
    last.text = text;
    await clock.sleep(limits.demandMs, signal);
  }
}

/** Listens to the events of every engine of the platform. A stream that ends is opened again after a while. */
function createWatches({ engines, store, clock, log, platform, wakes, signal }: LoopOptions) {
  const watched = new Set<string>();

  async function watchHost(id: string, address: string): Promise<void> {
    while (!signal.aborted) {
      const now = platform();
      const host = now?.hosts.find((item) => item.id === id);
      if (now === undefined || host === undefined || JSON.stringify(host.engine) !== address) break;
      const scope: Scope = { platform: now.name, deployment: store.deployment };
      await engines
        .of(host)
        .watch(scope, wakes.wake, signal)
        .catch((error: unknown) => log.warn('engine.watch', { host: id, detail: String(error) }));
      // What happened while nobody listened is found by looking.
      await clock.sleep(5000, signal);
      if (!signal.aborted) wakes.wake();
    }
    watched.delete(`${id} ${address}`);
  }

  return {
    /** Starts listening to hosts that are new. */
    keepUp(): void {
      for (const { id, engine } of platform()?.hosts ?? []) {
        const address = JSON.stringify(engine);
        if (watched.has(`${id} ${address}`)) continue;
        watched.add(`${id} ${address}`);
        void watchHost(id, address);
      }
    },
  };
}
