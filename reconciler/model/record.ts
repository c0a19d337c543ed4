/** What the store remembers. Times are wall clock in milliseconds. */
import type { CommitFiles } from './commit-files.ts';
import type { Failure } from './result.ts';

export interface InventoryEntry {
  readonly host: string;
  readonly kind: 'network' | 'volume' | 'files' | 'container';
  /** Unit id. */
  readonly unit: string;
  readonly name: string;
  /** Live id in the engine. */
  readonly id: string;
}

export interface RevisionRecord {
  readonly revision: string;
  readonly at: number;
  /** `applying` until every action of a plan for it succeeded or one failed for good. */
  readonly state: 'applying' | 'applied' | 'failed' | 'quarantined' | 'rejected';
  /** First sentence of why: the diagnostic, the failed unit. */
  readonly reason?: string;
  /** The `autogit.yaml` it was compiled from; kept for `applied` ones so that a roll-back needs no Git. */
  readonly source?: string;
  /** The `autogit.lock` beside it, kept with it; absent when it had none. */
  readonly lock?: string;
  /** The files of the commit that it names, kept with it; absent when it names none. */
  readonly files?: CommitFiles;
}

/** What the scaler must remember of a pool between cycles. */
export interface PoolMemory {
  /** Since when there were more runners than wanted; absent when there are not. */
  readonly surplusSince?: number;
  /** When starts failed that were not followed by one that came up, newest last; the breaker reads it. */
  readonly failures: readonly number[];
  /** What became of the newest of `failures`; absent when there is none. */
  readonly lastFailure?: RunnerFailure;
  /** Registrations without a runner, seen in the last cycle: forge ids. */
  readonly orphans: readonly string[];
  /** When the queue of this pool was last read as empty once; confirmed by a second reading before shrinking. */
  readonly emptySince?: number;
  /** Token bucket: runners that may be launched at once. */
  readonly tokens: number;
  readonly tokensAt: number;
  /** Since when a runner has been idle, by its name. */
  readonly idleSince: Readonly<Record<string, number>>;
  /** Names of runners that came up: seen online or with a job. */
  readonly ready?: readonly string[];
  /** Since when a runner that had come up is offline at the forge, by its name. */
  readonly silentSince?: Readonly<Record<string, number>>;
  /** Names counted in `failures` that still exist: counted once. */
  readonly failed?: readonly string[];
  /** Since when an orphan of `orphans` was seen, by forge id. */
  readonly orphanSince?: Readonly<Record<string, number>>;
  /** Highest number given to a runner's name. */
  readonly sequence?: number;
  /** When the newest demand that was used had been read; an older one is not used. */
  readonly demandAt?: number;
}

/** Why a runner did not come up, for people. */
export interface RunnerFailure {
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** Name of the runner. */
  readonly runner: string;
  /** Digest of what its pool said then; another one is tried without a pause. */
  readonly digest: string;
  /** `ended with code 127: gitea-runner is not in image ubuntu:24.04`. */
  readonly detail: string;
  /** Last lines that it wrote, redacted. */
  readonly logs?: readonly string[];
}

/** What was tried on a unit lately, so that neither a hopeless change nor a fight with others is repeated every cycle. */
export interface Attempts {
  /** Failures in a row of making the unit with this digest. */
  readonly failed?: {
    readonly digest: string;
    readonly count: number;
    readonly lastAt: number;
    readonly reason: string;
  };
  /** When changes by others were corrected, oldest first, those of the last hour. */
  readonly corrected: readonly number[];
  /** How the last run of a job ended. */
  readonly run?: JobRun;
  /** When note was taken of the last run that ended well. */
  readonly wellAt?: number;
  /** Digests of the unit that a job ended well for, newest last: going back to an older revision does not run it again. */
  readonly done?: readonly string[];
}

/** A run of a job that is over. */
export interface JobRun {
  /** Digest of the unit that its container was made for. */
  readonly digest: string;
  /** Live id of its container, and when that was started last: together they name the run. */
  readonly container: string;
  readonly startedAt: number;
  /** When the reconciler took note of it. */
  readonly at: number;
  readonly ok: boolean;
  /** `ended well after 12 s`, `ended with code 1 after 3 tries`. */
  readonly detail: string;
}

export type Outcome =
  /** `logs`: last lines, redacted, of a runner that was cleared away and had ended with an error, or of a job. */
  | { readonly kind: 'done'; readonly liveId?: string; readonly detail?: string; readonly logs?: readonly string[] }
  /** `restored`: the old container was put back. `logs`: last lines of the container that failed, redacted. */
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly restored?: boolean;
      readonly logs?: readonly string[];
    }
  /** What the plan saw is no longer so; the next cycle plans anew. */
  | { readonly kind: 'stale'; readonly detail: string }
  | { readonly kind: 'skipped'; readonly detail: string };

export interface AuditEvent {
  readonly at: number;
  /** Static dotted name: `revision.applied`, `action.done`, `action.failed`, `drift.corrected`, `pool.scaled`. */
  readonly event: string;
  readonly revision?: string;
  readonly subject?: string;
  readonly detail: string;
}
