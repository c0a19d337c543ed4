import { fail, type Result } from '../model/result.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * Gives `work` at most `ms`. Its signal aborts when the time is up or `signal` aborts; the answer is then a failure,
 * even when `work` goes on without looking at its signal.
 */
export async function withDeadline<T>(
  clock: Clock,
  { ms, what, signal }: { readonly ms: number; readonly what: string; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result<T>>,
): Promise<Result<T>> {
  const late = new AbortController();
  const done = new AbortController();
  const limit = AbortSignal.any([signal, late.signal]);
  const timeUp = clock.sleep(ms, done.signal).then((): Result<T> => {
    late.abort();
    return fail('timeout', `${what} took longer than ${Math.round(ms / 1000)} s`);
  });
  try {
    return await Promise.race([work(limit), timeUp]);
  } finally {
    done.abort();
  }
}
