import type { Hold } from './model/plan.ts';
import type { Failure } from './model/result.ts';
import type { Log } from './ports/log.ts';
import type { CycleResult, NoPlan } from './ports/reconciler.ts';

/** Tells the log what keeps the platform from being as asked: once when it begins or changes, once when it is over. */
export interface News {
  /** `failure`: why the last look at the source failed. */
  tell(result: CycleResult, failure: Failure | undefined): void;
}

export function createNews(log: Log): News {
  let problem: NoPlan | undefined;
  let down: Failure | undefined;
  let holds = new Map<string, Hold>();

  function tellProblem(now: NoPlan | undefined): void {
    if (now?.sentence === problem?.sentence) return;
    if (now !== undefined) log.warn('cycle.problem', { detail: now.sentence });
    else log.info('cycle.problem-over', { detail: problem?.sentence });
    problem = now;
  }

  function tellSource(now: Failure | undefined): void {
    if (now?.detail === down?.detail) return;
    if (now !== undefined) log.warn('source.down', { detail: now.detail });
    else log.info('source.back');
    down = now;
  }

  function tellHolds(list: readonly Hold[]): void {
    const now = new Map(list.map((hold) => [hold.subject, hold]));
    for (const { subject, reason, next } of now.values())
      if (holds.get(subject)?.reason !== reason)
        log.warn('held', { subject, detail: reason, ...(next === undefined ? {} : { next }) });
    for (const { subject, reason } of holds.values())
      if (!now.has(subject)) log.info('held.over', { subject, detail: reason });
    holds = now;
  }

  return {
    tell({ problem: now, plan }, failure) {
      tellSource(failure);
      tellProblem(now?.kind === 'source-down' ? undefined : now);
      if (plan !== undefined) tellHolds(plan.holds);
    },
  };
}
