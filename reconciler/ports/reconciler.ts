import type { Host, Platform } from '../../compiler/model/platform.ts';
import type { JudgeTakeover } from '../../compiler/model/takeover.ts';
import type { CommitFiles } from '../model/commit-files.ts';
import type { Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { Outcome } from '../model/record.ts';
import type { Failure } from '../model/result.ts';
import type { Status } from '../model/status.ts';
import type { Clock } from './clock.ts';
import type { Compile } from './compile.ts';
import type { Engine } from './engine.ts';
import type { LoadSource, Notifier, RunnerService } from './forge.ts';
import type { Log } from './log.ts';
import type { SecretReader } from './secrets.ts';
import type { Source } from './source.ts';
import type { Store } from './store.ts';

/** The parts of the outside world that one reconciler works with. All are built in one place and passed in. */
export interface ReconcilerOptions {
  readonly source: Source;
  readonly compile: Compile;
  readonly engines: Engines;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** What the platform's forge offers; asked again when the platform changes. `files`: of the commit it is made of. */
  readonly forge: (platform: Platform, files: CommitFiles | undefined) => ForgePorts;
  readonly policy: Policy;
  /** Whether data of one image can be given to another one, as the components know it. */
  readonly takeover: JudgeTakeover;
  readonly secrets: SecretReader;
  /** Takes values of secrets that were read out of a text: what engines and servers say may repeat them. */
  readonly redact: (text: string) => string;
  /** 0 ≤ x < 1, for jitter of timers and nothing else. */
  readonly random: () => number;
  /** Environment of the file that is pursued, for people; `compile` lays it over the file. Absent: the file as it stands. */
  readonly environment?: string;
  /** Version of AutoGit, for the status. */
  readonly version: string;
  /** Milliseconds; each has a default. */
  readonly limits?: Partial<Limits>;
}

/** Milliseconds. */
export interface Limits {
  /** One reading of a host or of the forge. Default 15 s. */
  readonly observeMs: number;
  /** One action, pulls and health gates included. Default 10 min. */
  readonly actionMs: number;
  /** Between two readings of the demand. Default 5 s. */
  readonly demandMs: number;
  /** Between the two readings of a cordoned runner's jobs: no shorter than a runner's slowest poll. Default 6 s. */
  readonly retireGapMs: number;
  /** How long a runner may take to end. Default 30 s. */
  readonly retireGraceMs: number;
  /** How long a new revision is watched for containers that fall over after they were healthy. Default 60 s. */
  readonly settleMs: number;
}

export interface Engines {
  /** The engine of a host; the same one for the same host. */
  of(host: Host): Engine;
  close(): void;
}

/** What is absent the forge does not offer, or the platform has no forge. */
export interface ForgePorts {
  readonly loadSource?: LoadSource;
  readonly runnerService?: RunnerService;
  readonly notifier?: Notifier;
}

export interface Reconciler {
  /** One whole cycle. Rejects only with `StoreDown` or on a bug. */
  cycle(signal?: AbortSignal): Promise<CycleResult>;
  /** Cycles when there is reason to, until `signal` aborts; then the current action ends and it returns. */
  run(signal: AbortSignal): Promise<void>;
  /** What a cycle would do now. Writes to no engine and not to the store. */
  plan(signal?: AbortSignal): Promise<PlanResult>;
  /** Plans anew and acts when the digest is the one given; else nothing is done. */
  applyPlan(digest: string, signal?: AbortSignal): Promise<CycleResult>;
  /** Asks for a cycle soon. */
  wake(): void;
  status(): Status;
  /** Calls `listener` with each new status, and once at once. Returns how to stop that. */
  subscribe(listener: (status: Status) => void): () => void;
}

/** Why there is no plan: the first reason, as a sentence, and all lines for people. */
export interface NoPlan {
  /** `changed`: the plan to apply is no longer the plan. */
  readonly kind: 'source-down' | 'rejected' | 'quarantined' | 'nothing-to-follow' | 'changed';
  readonly sentence: string;
  readonly lines: readonly string[];
  readonly failure?: Failure;
}

export type PlanResult =
  /** `problem`: why the newest revision is not the one planned for. `unread`: as in `CycleResult`. */
  | { readonly ok: true; readonly plan: Plan; readonly problem?: NoPlan; readonly unread: readonly string[] }
  | { readonly ok: false; readonly problem: NoPlan };

export interface CycleResult {
  readonly plan?: Plan;
  /** By action id. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** What kept the newest revision from being followed; the last good one may be kept meanwhile. */
  readonly problem?: NoPlan;
  /** What could not be read: ids of hosts, and `forge`. What depends on it is held. */
  readonly unread?: readonly string[];
  /** True when every action was done and nothing that was asked for is held. */
  readonly clean: boolean;
  /** True when another cycle should follow at once: a roll-back, a stale action. */
  readonly again: boolean;
  /** When something is due whatever else happens, wall clock in milliseconds: a job's time, or the end of it. */
  readonly dueAt?: number;
}
