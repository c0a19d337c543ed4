/** One thing at a time, and requests to look again soon that are never lost and never pile up. */
export interface Turns {
  /** Runs `work` after all that was asked before has ended. */
  take<T>(work: () => Promise<T>): Promise<T>;
  readonly wakes: Wakes;
}

export interface Wakes {
  wake(): void;
  /** Forgets the wakes so far: what they told of is looked at now. */
  clear(): void;
  /** Resolves when there was a wake since the last `clear`, or when `signal` aborts. */
  next(signal: AbortSignal): Promise<void>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(work) {
      const mine = last.then(work, work);
      last = mine.catch(() => undefined);
      return mine;
    },
    wakes: createWakes(),
  };
}

function createWakes(): Wakes {
  let isDue = false;
  const waiting = new Set<() => void>();
  return {
    wake() {
      isDue = true;
      for (const resolve of waiting) resolve();
    },
    clear() {
      isDue = false;
    },
    async next(signal) {
      if (isDue || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const leave = () => {
          waiting.delete(leave);
          signal.removeEventListener('abort', leave);
          resolve();
        };
        waiting.add(leave);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
