/** Pause after the nth failed start in a row, in seconds; the last one for all further ones. */
const PAUSES_S = [0, 10, 20, 40, 80, 160, 300];

export interface Breaker {
  /** Launches allowed now. */
  readonly allowed: number;
  /** Milliseconds until the next try; 0 when one is allowed. */
  readonly waitMs: number;
}

/**
 * Back-off of a pool whose runners do not come up. After two failures in a row one runner at a time is tried, each
 * after a longer pause; the first that comes up clears the failures.
 * `failures`: when they were seen, wall clock in milliseconds.
 */
export function breaker(failures: readonly number[], at: number): Breaker {
  const last = failures.at(-1);
  if (last === undefined) return { allowed: Infinity, waitMs: 0 };
  const pauseMs = (PAUSES_S[Math.min(failures.length, PAUSES_S.length) - 1] ?? 0) * 1000;
  const waitMs = Math.min(pauseMs, Math.max(0, last + pauseMs - at));
  if (waitMs > 0) return { allowed: 0, waitMs };
  return { allowed: failures.length < 2 ? Infinity : 1, waitMs: 0 };
}
