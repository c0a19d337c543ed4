import { detailOf } from './act/act.ts';
import { writeAttempts } from './look.ts';
import type { Decision } from './model/decision.ts';
import type { Action, Plan } from './model/plan.ts';
import type { Outcome, RevisionRecord, RunnerFailure } from './model/record.ts';
import type { Snapshot } from './model/snapshot.ts';
import { updateAttempts } from './plan/attempts.ts';
import { type Candidate, contentOf, shortRevision } from './plan/choose-revision.ts';
import { type Conclusion, conclude } from './plan/conclude.ts';
import { rememberFailedLaunch } from './plan/pool-memory.ts';
import type { Scaling } from './plan/scale.ts';
import { actionSubject } from './plan/words.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { NoPlan } from './ports/reconciler.ts';
import type { SourceRevision } from './ports/source.ts';
import type { Store } from './ports/store.ts';

export interface Recorder {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a crash interrupted is closed and told; the next plan is made from what is really there. */
export function closeInterrupted({ store, clock, log }: Recorder): void {
  for (const { seq, action, revision } of store.interrupted()) {
    const detail = 'interrupted when the reconciler ended; looked at anew';
    store.conclude(seq, { kind: 'stale', detail }, undefined, clock.now());
    store.audit({ at: clock.now(), event: 'action.interrupted', revision, subject: action.id, detail });
    log.warn('action.interrupted', { action: action.id, revision });
  }
}

/** A revision has a record before anything is done for it. */
export function recordPursuit(
  { store, clock, log }: Recorder,
  candidate: Candidate,
  problem: NoPlan | undefined,
): void {
  const { revision } = candidate;
  const known = store.revisions(100).find((record) => record.revision === revision);
  if (known === undefined || known.state === 'rejected') {
    setRevision({ store, clock, log }, { revision, at: clock.now(), state: 'applying', ...contentOf(candidate) });
  }
  if (store.get('pursued') === revision) return;
  const isRollBack = problem?.kind === 'quarantined';
  if (isRollBack) {
    store.audit({
      at: clock.now(),
      event: 'revision.rolled-back',
      revision,
      detail: `back to ${shortRevision(revision)}: ${problem.sentence}`,
    });
  }
  store.set('pursued', revision);
}

/** The newest revision cannot be used; it is remembered with the first reason. */
export function recordRejection(recorder: Recorder, revision: string, { sentence }: NoPlan): void {
  const known = recorder.store.revisions(100).find((record) => record.revision === revision);
  if (known !== undefined && known.state !== 'rejected' && known.state !== 'applying') return;
  if (known?.state === 'rejected' && known.reason === sentence) return;
  setRevision(recorder, { revision, at: recorder.clock.now(), state: 'rejected', reason: sentence });
}

/** Someone replaced what the branch held: it is followed all the same, and said once. */
export function recordRewrite({ store, clock, log }: Recorder, { revision, branch }: SourceRevision): void {
  if (store.get('rewritten') === revision) return;
  store.set('rewritten', revision);
  const detail = `branch ${branch ?? ''} was rewritten (force-push): ${shortRevision(revision)} does not contain what was followed before`;
  store.audit({ at: clock.now(), event: 'source.rewritten', revision, detail });
  log.warn('source.rewritten', { revision, detail });
}

/** Writes a record of a revision and tells it, once. */
export function setRevision({ store, clock, log }: Recorder, record: RevisionRecord): void {
  const before = store.revisions(100).find(({ revision }) => revision === record.revision);
  store.setRevision(record);
  if (before?.state === record.state && before.reason === record.reason) return;
  const { revision, state, reason } = record;
  store.audit({
    at: clock.now(),
    event: `revision.${state}`,
    revision,
    detail: reason ?? `revision ${shortRevision(revision)} is ${state}`,
  });
  log.info(`revision.${state}`, { revision, ...(reason !== undefined && { reason }) });
}

/** What the scaler decided and must remember is kept before anything is done. A decision is kept when it says something new. */
export function recordScaling({ store }: Recorder, { decisions, memory }: Scaling): void {
  for (const [pool, remembered] of Object.entries(memory)) store.setPool(pool, remembered);
  for (const decision of decisions) {
    const [last] = store.decisions(decision.pool, 1);
    if (last === undefined || isNews(last, decision)) store.recordDecision(decision);
  }
}

function isNews(last: Decision, now: Decision): boolean {
  return (
    last.desired !== now.desired ||
    last.current !== now.current ||
    last.held !== now.held ||
    last.sentence !== now.sentence
  );
}

/** Everything that a cycle did, and what that means for its revision. */
export function recordOutcomes(
  recorder: Recorder,
  input: {
    readonly snapshot: Snapshot;
    readonly plan: Plan;
    readonly outcomes: Readonly<Record<string, Outcome>>;
    readonly candidate: Candidate;
  },
): Conclusion {
  const { store, clock } = recorder;
  const { snapshot, plan, outcomes } = input;
  const at = clock.now();
  for (const action of plan.actions) {
    const outcome = outcomes[action.id];
    if (outcome !== undefined) auditAction(store, plan.revision, action, outcome, at);
  }
  rememberRunners(recorder, plan, outcomes);
  writeAttempts(
    store,
    updateAttempts({ attempts: snapshot.attempts ?? {}, units: snapshot.desired.units, plan, outcomes, at }),
  );
  const conclusion = conclude({ ...input, at });
  if (conclusion.record !== undefined) setRevision(recorder, conclusion.record);
  const isAllFresh = Object.values(snapshot.hosts).every(({ kind }) => kind === 'fresh');
  if (snapshot.adoptOnly && conclusion.clean && isAllFresh) store.clearAdoptOnly();
  return conclusion;
}

/**
 * What the starts and ends of runners tell about their pool: a start that was refused counts for its back-off, and the
 * last words of one that ended by itself are kept with the reason.
 */
function rememberRunners({ store, clock }: Recorder, plan: Plan, outcomes: Readonly<Record<string, Outcome>>): void {
  const refused = new Map<string, RunnerFailure>();
  for (const action of plan.actions) {
    const outcome = outcomes[action.id];
    if (action.kind === 'launch-runner' && outcome?.kind === 'failed' && outcome.failure.kind !== 'cancelled')
      refused.set(action.pool, refusedLaunch(action, outcome, clock.now()));
    if (action.kind !== 'clear-runner' || outcome?.kind !== 'done' || outcome.logs === undefined) continue;
    const memory = store.pools()[action.pool];
    if (memory?.lastFailure?.runner !== action.name) continue;
    store.setPool(action.pool, { ...memory, lastFailure: { ...memory.lastFailure, logs: outcome.logs } });
  }
  for (const [pool, failure] of refused) {
    const memory = store.pools()[pool];
    if (memory !== undefined) store.setPool(pool, rememberFailedLaunch(memory, failure));
  }
}

function refusedLaunch(
  { name, digest }: Extract<Action, { kind: 'launch-runner' }>,
  { failure, logs }: Extract<Outcome, { kind: 'failed' }>,
  at: number,
): RunnerFailure {
  const own = `runner ${name} `;
  const detail = failure.detail.startsWith(own) ? failure.detail.slice(own.length) : `did not start: ${failure.detail}`;
  return { at, runner: name, digest, detail, ...(logs === undefined ? {} : { logs }) };
}

function auditAction(store: Store, revision: string, action: Action, outcome: Outcome, at: number): void {
  if (outcome.kind === 'skipped') return;
  const { detail } = detailOf(outcome);
  const said = [action.reason, ...(detail === undefined ? [] : [detail]), ...lastLines(outcome)].join(': ');
  store.audit({
    at,
    event: eventOf(action, outcome),
    revision,
    subject: action.id,
    detail: `${actionSubject(action)}: ${said}`,
  });
}

/** The end of what a runner wrote that had ended with an error. */
function lastLines(outcome: Outcome): readonly string[] {
  const logs = outcome.kind === 'done' || outcome.kind === 'failed' ? (outcome.logs ?? []) : [];
  return logs.length === 0 ? [] : [`its last lines: ${logs.slice(-5).join(' | ')}`];
}

function eventOf(action: Action, outcome: Outcome): string {
  if (action.kind === 'end-job' && outcome.kind === 'done') return 'job.done';
  if (action.kind === 'end-job' && outcome.kind === 'failed') return 'job.failed';
  if (action.kind === 'run-job' && outcome.kind === 'done') return 'job.started';
  if (outcome.kind === 'done' && outcome.logs !== undefined) return 'runner.failed';
  if (outcome.kind !== 'done') return `action.${outcome.kind}`;
  if (action.cause === 'drift') return 'drift.corrected';
  return action.cause === 'load' ? 'pool.scaled' : 'action.done';
}
