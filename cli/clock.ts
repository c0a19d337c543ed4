import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, longestTimerMs } from '../reconciler/ports/clock.ts';

/** The machine's clocks. A sleep longer than a timer can wait ends early, and who slept looks again. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => wait(Math.min(ms, longestTimerMs), undefined, { signal }).catch(() => {}),
};
