import type { Action, Hold, Plan } from '../model/plan.ts';
import type { Outcome, RevisionRecord } from '../model/record.ts';
import type { Failure } from '../model/result.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Candidate, contentOf, lastGood } from './choose-revision.ts';
import { slotsOf } from './live.ts';
import { actionSubject } from './words.ts';

export interface Conclusion {
  /** The new record of the pursued revision; absent when nothing about it changed. */
  readonly record?: RevisionRecord;
  /** Every action was done and nothing that the file asks for is held. */
  readonly clean: boolean;
  /** Another cycle should follow at once. */
  readonly again: boolean;
}

export interface ConcludeInput {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  /** By action id. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  readonly candidate: Candidate;
  readonly at: number;
}

/** What a cycle says about the revision it pursued: applied, still under way, failed, or bad and to be rolled back. */
export function conclude(input: ConcludeInput): Conclusion {
  const { plan, outcomes, snapshot, candidate } = input;
  const known = snapshot.revisions.find(({ revision }) => revision === candidate.revision);
  const results = plan.actions.flatMap((action) => {
    const outcome = outcomes[action.id];
    return isNoPartOfRevision(action) || outcome === undefined ? [] : [{ action, outcome }];
  });
  const blocking = plan.holds.filter((hold) => isBlocking(hold, snapshot));
  const isUndone = results.some(({ outcome }) => outcome.kind !== 'done') || results.length < unitActions(plan).length;
  const clean = !isUndone && blocking.length === 0;
  const isStale = results.some(({ outcome }) => outcome.kind === 'stale');
  if (known?.state === 'applied') return { clean, again: isStale };
  const record = judge(input, known, results, blocking, clean);
  const isNews = record.state !== known?.state || record.reason !== known.reason;
  return { ...(isNews ? { record } : {}), clean, again: isStale || (isNews && record.state === 'quarantined') };
}

function unitActions(plan: Plan): readonly Action[] {
  return plan.actions.filter((action) => !isNoPartOfRevision(action));
}

/** Runners come and go with the load, and a backup that failed at night says nothing about the revision of the day. */
function isNoPartOfRevision({ kind, cause }: Action): boolean {
  return (
    cause === 'schedule' ||
    kind === 'launch-runner' ||
    kind === 'retire-runner' ||
    kind === 'clear-runner' ||
    kind === 'deregister-runner'
  );
}

/** Holds of things that the file asks for; a removal that waits does not keep a revision from being applied. */
function isBlocking({ subject }: Hold, { desired }: Snapshot): boolean {
  const { platform, units } = desired;
  return (
    subject === platform.name ||
    platform.hosts.some(({ id }) => id === subject) ||
    units.some(({ id }) => id === subject)
  );
}

function judge(
  { candidate, snapshot, at }: ConcludeInput,
  known: RevisionRecord | undefined,
  results: readonly { readonly action: Action; readonly outcome: Outcome }[],
  blocking: readonly Hold[],
  clean: boolean,
): RevisionRecord {
  const base = { revision: candidate.revision, at, ...contentOf(candidate) };
  if (clean) return { ...base, state: 'applied' };
  const failures = results.flatMap(({ action, outcome }) =>
    outcome.kind === 'failed' ? [{ action, failure: outcome.failure, logs: outcome.logs }] : [],
  );
  const fatal = failures.find((failed) => isFatal(failed, snapshot));
  if (fatal !== undefined) {
    const reason = `${actionSubject(fatal.action)}: ${fatal.failure.detail}`;
    return { ...base, state: canRollBack(snapshot, candidate) ? 'quarantined' : 'failed', reason };
  }
  // The rest of the revision goes on, and nothing but another one brings this part further.
  const refused = blocking.find((hold) => hold.refused === true);
  if (refused !== undefined) return { ...base, state: 'failed', reason: refused.reason };
  if (known?.state === 'failed') return known;
  const passing = failures[0];
  const reason =
    passing === undefined ? blocking[0]?.reason : `${actionSubject(passing.action)}: ${passing.failure.detail}`;
  return { ...base, at: known?.at ?? at, state: 'applying', ...(reason === undefined ? {} : { reason }) };
}

/**
 * The revision is at fault, not the moment: its image does not exist, its container was started and failed, or an engine
 * refused the same thing twice. An engine that is being restarted may refuse anything once.
 */
function isFatal(
  {
    action,
    failure,
    logs,
  }: { readonly action: Action; readonly failure: Failure; readonly logs: readonly string[] | undefined },
  { desired, attempts = {} }: Snapshot,
): boolean {
  if (failure.kind === 'not-found') return true;
  if (failure.kind !== 'rejected') return false;
  const concerned = desired.units.filter((unit) =>
    action.kind === 'pull-image'
      ? unit.kind === 'container' && unit.spec.image === action.image
      : 'unit' in action && action.unit.id === unit.id,
  );
  return logs !== undefined || concerned.some(({ id, digest }) => attempts[id]?.failed?.digest === digest);
}

/** There is an older good revision with another file, and the file wants to go back to it. */
function canRollBack({ desired, revisions }: Snapshot, candidate: Candidate): boolean {
  const others = revisions.filter((record) => record.revision !== candidate.revision && record.state === 'applied');
  return desired.platform.gitops.rollback === 'auto' && lastGood(others, candidate) !== undefined;
}

/**
 * A revision that was applied less than `settleMs` ago and whose containers fall over since: healthy once is not enough.
 * Gives the record that quarantines it, or undefined.
 */
export function fallenRevision(snapshot: Snapshot, candidate: Candidate, settleMs: number): RevisionRecord | undefined {
  const known = snapshot.revisions.find(({ revision }) => revision === candidate.revision);
  if (known?.state !== 'applied' || snapshot.at - known.at > settleMs || !canRollBack(snapshot, candidate))
    return undefined;
  const fallen = snapshot.desired.units.flatMap((unit) => {
    const isLasting = unit.kind === 'container' && unit.job === undefined;
    const main = isLasting ? slotsOf(snapshot, unit).main : undefined;
    if (main === undefined || main.digest !== unit.digest) return [];
    if (main.state === 'restarting')
      return [`${unit.name} was healthy and keeps ending since (exit code ${main.exitCode ?? 'unknown'})`];
    return main.health === 'unhealthy' ? [`${unit.name} was healthy and is not any more`] : [];
  });
  const [reason] = fallen;
  if (reason === undefined) return undefined;
  return { revision: candidate.revision, at: snapshot.at, state: 'quarantined', reason, ...contentOf(candidate) };
}
