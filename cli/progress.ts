/** What runs right now, for a person who watches: a live block on a terminal, plain lines everywhere else. */
import type { Status } from '../reconciler/model/status.ts';

type ActionStatus = NonNullable<Status['plan']>['actions'][number];

const ended = new Set<ActionStatus['state']>(['done', 'failed', 'stale', 'skipped']);
const marks = { done: '✓', failed: '✗', stale: '~', skipped: '-' } as const;
/** A line off a terminal while something takes long. */
const stillEveryMs = 10_000;
const tickMs = 100;

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Rows of the terminal; absent when there is none. */
  readonly rows?: () => number;
  readonly now: () => number;
}

export interface Progress {
  /** Takes each new status. */
  update(status: Status): void;
  /** Ends the live block and leaves its last lines. */
  close(): void;
}

interface Running {
  readonly since: number;
  said: number;
  detail: string;
}

/** Ends with `close`; holds a timer while something runs on a terminal. */
export function createProgress(options: ProgressOptions): Progress {
  const running = new Map<string, Running>();
  const over = new Set<string>();
  let plan = '';
  let drawn = 0;
  let total = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = (): void => {
    if (drawn > 0) options.write(`\u001B[${drawn}A\u001B[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    if (options.rows === undefined) {
      sayStill();
      return;
    }
    erase();
    const room = Math.max(1, options.rows() - 3);
    const lines = [...running].map(
      ([id, each]) =>
        `  … ${id}  ${seconds(options.now() - each.since)}${each.detail === '' ? '' : `  ${each.detail}`}`,
    );
    const shown = lines.length > room ? [...lines.slice(0, room - 1), `  … ${lines.length - room + 1} more`] : lines;
    if (shown.length === 0) return;
    options.write(`[${over.size}/${total}]\n${shown.join('\n')}\n`);
    drawn = shown.length + 1;
  };
  const sayStill = (): void => {
    for (const [id, each] of running) {
      if (options.now() - each.said < stillEveryMs) continue;
      each.said = options.now();
      options.write(
        `still ${id} (${seconds(options.now() - each.since)})${each.detail === '' ? '' : `: ${each.detail}`}\n`,
      );
    }
  };
  const finish = (action: ActionStatus): void => {
    const since = running.get(action.id)?.since ?? options.now();
    running.delete(action.id);
    over.add(action.id);
    const mark = marks[action.state as keyof typeof marks];
    // The reason is told as one: `done: not there` reads as if it had failed.
    const why = action.state === 'done' || action.detail === undefined;
    const detail = why ? ` (why: ${action.reason})` : `: ${action.detail}`;
    options.write(`${mark} ${action.id} ${action.state} in ${seconds(options.now() - since)}${detail}\n`);
  };
  const follow = (action: ActionStatus): void => {
    if (action.state === 'running') {
      const known = running.get(action.id);
      if (known !== undefined) known.detail = action.detail ?? '';
      else {
        running.set(action.id, { since: options.now(), said: options.now(), detail: action.detail ?? '' });
        if (options.rows === undefined) options.write(`start ${action.id}: ${action.reason}\n`);
      }
    } else if (ended.has(action.state) && !over.has(action.id)) finish(action);
  };
  return {
    update(status) {
      const current = status.plan;
      if (current === undefined) return;
      const key = `${current.digest} ${current.at}`;
      if (key !== plan) {
        plan = key;
        over.clear();
        running.clear();
      }
      total = current.actions.length;
      erase();
      for (const action of current.actions) follow(action);
      draw();
      if (running.size > 0) timer ??= setInterval(draw, options.rows === undefined ? 1000 : tickMs).unref();
      else if (timer !== undefined) {
        clearInterval(timer);
        timer = undefined;
      }
    },
    close() {
      if (timer !== undefined) clearInterval(timer);
      erase();
    },
  };
}

function seconds(ms: number): string {
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
