import type { Progress } from './act/act.ts';
import type { Decision } from './model/decision.ts';
import type { Plan } from './model/plan.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { PoolStatus, Status } from './model/status.ts';
import { type ActionState, buildStatus, poolCounts } from './plan/status.ts';
import type { Clock } from './ports/clock.ts';
import type { Store } from './ports/store.ts';
import type { Sought } from './target.ts';

/** Points of a pool's chart that are kept. */
const seriesLength = 240;

/** What people are told: it collects what a cycle finds and does, and tells each change to those who listen. */
export interface StatusBoard {
  sought(sought: Sought): void;
  seen(snapshot: Snapshot): void;
  planned(plan: Plan, at: number): void;
  progressed(progress: Progress): void;
  cycled(cycle: Partial<Status['cycle']>): void;
  status(): Status;
  subscribe(listener: (status: Status) => void): () => void;
}

export function createStatusBoard(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly version: string;
  readonly sourceName: string;
  readonly environment?: string;
  /** True when every engine is the embedded one. */
  readonly embedded: () => boolean;
}): StatusBoard {
  const { store, clock } = options;
  const listeners = new Set<(status: Status) => void>();
  const series = new Map<string, PoolStatus['series']>();
  let seek: Sought = {};
  let snapshot: Snapshot | undefined;
  let plan:
    | {
        readonly plan: Plan;
        readonly at: number;
        readonly states: Record<string, ActionState>;
        readonly isCurrent: boolean;
      }
    | undefined;
  let decisions: readonly Decision[] = [];
  let cycle: Status['cycle'] = { number: 0 };
  let shown: Status | undefined;

  const changed = () => {
    shown = undefined;
    if (listeners.size === 0) return;
    const status = current();
    for (const listener of listeners) listener(status);
  };

  function current(): Status {
    shown ??= buildStatus({
      at: clock.now(),
      version: options.version,
      embedded: options.embedded(),
      ...(options.environment !== undefined && { environment: options.environment }),
      source: sourceStatus(options.sourceName, seek),
      ...(seek.problem && { problem: seek.problem.sentence }),
      ...(snapshot && { snapshot }),
      ...(plan && { plan }),
      decisions,
      memory: store.pools(),
      series: Object.fromEntries(series),
      history: store.revisions(20),
      events: store.events(100),
      cycle,
    });
    return shown;
  }

  /** A plan without actions leaves the last one with actions to be seen; its holds are those of now. */
  function planned(made: Plan, at: number): void {
    decisions = made.decisions;
    for (const decision of made.decisions) {
      const { queued, busy } = poolCounts(decision);
      const points = [...(series.get(decision.pool) ?? []), { at, queued, busy, size: decision.current }];
      series.set(decision.pool, points.slice(-seriesLength));
    }
    const isIdle = made.actions.length === 0 && plan !== undefined && plan.plan.revision === made.revision;
    plan =
      isIdle && plan
        ? { ...plan, plan: { ...plan.plan, holds: made.holds }, isCurrent: false }
        : { plan: made, at, states: {}, isCurrent: true };
    changed();
  }

  return {
    sought(found) {
      seek = found;
      changed();
    },
    seen(world) {
      snapshot = world;
    },
    planned,
    progressed({ action, state, detail }) {
      if (plan !== undefined) plan.states[action.id] = { state, ...(detail === undefined ? {} : { detail }) };
      changed();
    },
    cycled(news) {
      cycle = { ...cycle, ...news };
      changed();
    },
    status: current,
    subscribe(listener) {
      listeners.add(listener);
      listener(current());
      return () => void listeners.delete(listener);
    },
  };
}

function sourceStatus(name: string, { head, checkedAt, failure }: Sought): Status['source'] {
  return {
    name,
    ...(head?.branch !== undefined && { branch: head.branch }),
    ...(head !== undefined && { revision: head.revision }),
    ...(head?.subject !== undefined && { subject: head.subject }),
    ...(checkedAt !== undefined && { checkedAt }),
    ...(head?.rewritten === true && { rewritten: true }),
    ...(failure !== undefined && { failure: failure.detail }),
  };
}
