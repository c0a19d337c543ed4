/** Time, passed in. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Monotonic, milliseconds; only differences mean something. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest that a timer of Node waits, in milliseconds (almost 25 days). A longer one would end at once. */
export const longestTimerMs = 2 ** 31 - 1;
