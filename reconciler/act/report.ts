import type { Clock } from '../ports/clock.ts';
import type { CommitStatus, Notifier } from '../ports/forge.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';

/** Tells the forge what became of a commit. Sends only what differs from the last one sent; a failed send is repeated later. */
export interface Reporter {
  report(notifier: Notifier | undefined, status: CommitStatus, signal: AbortSignal): Promise<void>;
}

/** How long a forge that refused or failed is left alone, milliseconds. */
const restMs = 60_000;

export function createReporter({
  store,
  clock,
  log,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}): Reporter {
  let restUntil = Number.NEGATIVE_INFINITY;

  async function report(notifier: Notifier | undefined, status: CommitStatus, signal: AbortSignal): Promise<void> {
    const key = `commit-status:${status.context}`;
    const text = `${status.revision} ${status.state} ${status.description}`;
    if (notifier === undefined || store.get(key) === text || clock.monotonic() < restUntil) return;
    const sent = await notifier.report(status, signal);
    if (sent.ok) store.set(key, text);
    else {
      restUntil = clock.monotonic() + restMs;
      log.warn('commit-status.failed', { revision: status.revision, state: status.state, detail: sent.failure.detail });
    }
  }

  return { report };
}
