import type { Unit } from '../model/desired.ts';
import type { Action, Plan } from '../model/plan.ts';
import type { Attempts, JobRun, Outcome } from '../model/record.ts';

const hourMs = 3_600_000;

/** What is remembered of tries after a cycle: failures in a row of one digest, and corrections of the last hour. */
export function updateAttempts(input: {
  readonly attempts: Readonly<Record<string, Attempts>>;
  readonly units: readonly Unit[];
  readonly plan: Plan;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  readonly at: number;
}): Readonly<Record<string, Attempts>> {
  const { attempts, units, plan, outcomes, at } = input;
  const entries = units.flatMap((unit) => {
    const before = attempts[unit.id];
    const tried = plan.actions.flatMap((action) => {
      const outcome = outcomes[action.id];
      return 'unit' in action && action.unit.id === unit.id && outcome !== undefined ? [{ action, outcome }] : [];
    });
    const failed = failedAfter(before?.failed, unit, tried, at);
    const corrected = [...(before?.corrected ?? []), ...tried.filter(isCorrection).map(() => at)].filter(
      (time) => at - time < hourMs,
    );
    const run = runAfter(before?.run, tried, at);
    if (failed === undefined && corrected.length === 0 && run === undefined) return [];
    return [[unit.id, { ...(failed && { failed }), corrected, ...runMemory(before, run) }] as const];
  });
  return Object.fromEntries(entries);
}

interface Tried {
  readonly action: Action;
  readonly outcome: Outcome;
}

/** How many definitions of a job are remembered as done. */
const doneCount = 20;

function runMemory(before: Attempts | undefined, run: JobRun | undefined): Pick<Attempts, 'run' | 'wellAt' | 'done'> {
  if (run === undefined) return {};
  // What an older version remembered has the time in the run alone.
  const wellAt = run.ok ? run.at : (before?.wellAt ?? (before?.run?.ok === true ? before.run.at : undefined));
  const others = (before?.done ?? []).filter((digest) => digest !== run.digest);
  const done = run.ok ? [...others, run.digest].slice(-doneCount) : (before?.done ?? []);
  return { run, ...(wellAt === undefined ? {} : { wellAt }), ...(done.length === 0 ? {} : { done }) };
}

/** A run whose end could not be looked at is looked at again. */
function runAfter(before: Attempts['run'], tried: readonly Tried[], at: number): Attempts['run'] {
  const ended = tried.flatMap(({ action, outcome }) => {
    if (action.kind !== 'end-job') return [];
    const { container, startedAt, digest } = action;
    const run = { digest, container, startedAt, at };
    if (outcome.kind === 'done') return [{ ...run, ok: true, detail: outcome.detail ?? 'ended well' }];
    const isJudged = outcome.kind === 'failed' && outcome.failure.kind === 'rejected';
    return isJudged ? [{ ...run, ok: false, detail: outcome.failure.detail }] : [];
  });
  return ended[0] ?? before;
}

function isCorrection({ action, outcome }: Tried): boolean {
  return action.cause === 'drift' && outcome.kind === 'done';
}

function failedAfter(before: Attempts['failed'], unit: Unit, tried: readonly Tried[], at: number): Attempts['failed'] {
  const same = before?.digest === unit.digest ? before : undefined;
  // A job that failed is not one that could not be made: the next run is another try.
  const makes = tried.filter(({ action }) => action.kind !== 'end-job');
  const reason = makes.map(({ outcome }) => failureText(outcome)).find((text) => text !== undefined);
  if (reason !== undefined) return { digest: unit.digest, count: (same?.count ?? 0) + 1, lastAt: at, reason };
  return makes.some(({ outcome }) => outcome.kind === 'done') ? undefined : same;
}

/** A skipped action failed with what it waited for; a stopped reconciler is no failure of the unit. */
function failureText(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'failed':
      return outcome.failure.kind === 'cancelled' ? undefined : outcome.failure.detail;
    case 'skipped':
      return outcome.detail.startsWith('waits for ') ? outcome.detail : undefined;
    case 'done':
    case 'stale':
      return undefined;
  }
}
