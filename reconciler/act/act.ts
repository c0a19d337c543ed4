import type { Action, Plan } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engine, Scope } from '../ports/engine.ts';
import type { RunnerService } from '../ports/forge.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { inventoryChange } from './inventory-change.ts';
import { runAction } from './run-action.ts';

export interface ActRequest {
  readonly plan: Plan;
  readonly engineOf: (host: string) => Engine | undefined;
  readonly service: RunnerService | undefined;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly scope: Scope;
  readonly secret: (id: string) => Promise<Result<Secret>>;
  /** Stops before the next action; those that run may stop waiting. */
  readonly signal: AbortSignal;
  readonly limits: { readonly actionMs: number; readonly retireGapMs: number; readonly retireGraceMs: number };
  /** Told when an action starts, says something, and ends. */
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  readonly action: Action;
  readonly state: 'running' | Outcome['kind'];
  readonly detail?: string;
}

/** Actions at once on one host. */
const perHost = 4;

/**
 * Does a plan: what waits for nothing first, at most four at once on each host, the intent on record before the engine
 * is touched and the outcome after. One failure skips only what waits for it. Rejects only when the store is down (then
 * nothing more is started, and those that run are waited for) or on a bug. Gives the outcomes by action id.
 */
export async function act(request: ActRequest): Promise<Readonly<Record<string, Outcome>>> {
  const outcomes = new Map<string, Outcome>();
  const running = new Map<string, Promise<void>>();
  const waiting = new Set(request.plan.actions);
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  let broken: { readonly error: unknown } | undefined;

  const finish = (action: Action, outcome: Outcome) => {
    outcomes.set(action.id, outcome);
    request.onProgress({ action, state: outcome.kind, ...detailOf(outcome) });
  };

  const begin = (action: Action) => {
    waiting.delete(action);
    const work = recorded({ ...request, signal }, action)
      .then((outcome) => finish(action, outcome))
      .catch((error: unknown) => {
        broken ??= { error };
        stop.abort();
      })
      .finally(() => running.delete(action.id));
    running.set(action.id, work);
  };

  for (;;) {
    for (let action = doomed(waiting, outcomes); action !== undefined; action = doomed(waiting, outcomes)) {
      waiting.delete(action);
      finish(action, { kind: 'skipped', detail: skipReason(action, outcomes) });
    }
    if (!signal.aborted) for (const action of ready(waiting, outcomes, running, request.plan)) begin(action);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (broken !== undefined) throw broken.error;
  for (const action of waiting) finish(action, { kind: 'skipped', detail: stopped });
  return Object.fromEntries(outcomes);
}

/** An action that waits for one that was not done. */
function doomed(waiting: ReadonlySet<Action>, outcomes: ReadonlyMap<string, Outcome>): Action | undefined {
  return [...waiting].find(({ after }) => after.some((id) => (outcomes.get(id)?.kind ?? 'done') !== 'done'));
}

function ready(
  waiting: ReadonlySet<Action>,
  outcomes: ReadonlyMap<string, Outcome>,
  running: ReadonlyMap<string, unknown>,
  plan: Plan,
): readonly Action[] {
  const busy = new Map<string, number>();
  for (const { id, host } of plan.actions) if (running.has(id)) busy.set(host, (busy.get(host) ?? 0) + 1);
  const known = new Set(plan.actions.map(({ id }) => id));
  return [...waiting].filter(({ host, after }) => {
    const isReady = after.every((id) => !known.has(id) || outcomes.get(id)?.kind === 'done');
    const count = busy.get(host) ?? 0;
    if (!isReady || count >= perHost) return false;
    busy.set(host, count + 1);
    return true;
  });
}

const stopped = 'the reconciler was stopped before it';

/** What waits for an action that was stopped was stopped too: neither counts as a failure of its unit. */
function skipReason({ after }: Action, outcomes: ReadonlyMap<string, Outcome>): string {
  const cause = after.find((id) => (outcomes.get(id)?.kind ?? 'done') !== 'done') ?? '';
  const outcome = outcomes.get(cause);
  const isStopped =
    (outcome?.kind === 'failed' && outcome.failure.kind === 'cancelled') ||
    (outcome?.kind === 'skipped' && outcome.detail === stopped);
  if (isStopped) return stopped;
  const why =
    outcome?.kind === 'failed' ? outcome.failure.detail : outcome?.kind === 'done' ? '' : (outcome?.detail ?? '');
  return `waits for ${cause}: ${why}`;
}

/** The intent is on record before the world is touched, and the outcome with its inventory change after. */
async function recorded(request: ActRequest, action: Action): Promise<Outcome> {
  const { store, clock, log, plan } = request;
  const seq = store.intend(plan.revision, action, clock.now());
  request.onProgress({ action, state: 'running' });
  const startedAt = clock.monotonic();
  const outcome = await runAction(request, action);
  store.conclude(seq, outcome, inventoryChange(action, outcome), clock.now());
  const fields = {
    action: action.id,
    reason: action.reason,
    ms: Math.round(clock.monotonic() - startedAt),
    ...detailOf(outcome),
  };
  if (outcome.kind === 'failed') log.warn('action.failed', fields);
  else log.info(`action.${outcome.kind}`, fields);
  return outcome;
}

/** What there is to say about an outcome, for people. */
export function detailOf(outcome: Outcome): { readonly detail?: string } {
  switch (outcome.kind) {
    case 'failed':
      return {
        detail:
          outcome.restored === true ? `${outcome.failure.detail}; the old one was put back` : outcome.failure.detail,
      };
    case 'done':
      return outcome.detail === undefined ? {} : { detail: outcome.detail };
    case 'stale':
    case 'skipped':
      return { detail: outcome.detail };
  }
}
