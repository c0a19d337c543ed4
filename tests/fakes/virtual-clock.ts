import type { Clock } from '../../reconciler/ports/clock.ts';

/** A clock that stands still until it is moved. `run` moves it just as far as the work needs. */
export interface VirtualClock extends Clock {
  /** Runs `work` to its end; whenever nothing else can happen, time jumps to the next sleeper. */
  run<T>(work: Promise<T>): Promise<T>;
  advance(ms: number): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** @param startMs wall clock at the beginning */
export function createVirtualClock(startMs = Date.UTC(2026, 0, 5, 8, 0, 0)): VirtualClock {
  let passed = 0;
  const sleepers = new Set<Sleeper>();

  function advance(ms: number): void {
    passed += ms;
    for (const sleeper of [...sleepers].sort((a, b) => a.at - b.at)) if (sleeper.at <= passed) sleeper.wake();
  }

  function sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { at: passed + ms, wake };
      if (signal.aborted) return resolve();
      sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  async function run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    while (!isOver) {
      for (let turn = 0; turn < 3 && !isOver; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const next = Math.min(...[...sleepers].map(({ at }) => at));
      if (!isOver && Number.isFinite(next)) advance(next - passed);
    }
    return work;
  }

  return { now: () => startMs + passed, monotonic: () => passed, sleep, run, advance };
}
