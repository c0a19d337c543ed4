import type { RunnerAction, UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';
import type { HostState } from '../model/snapshot.ts';

/** A host that can run containers or processes. One object per host; writes to it are serialised per unit by `act`. */
export interface Engine {
  readonly kind: 'docker' | 'process' | 'memory';
  /** Everything with our platform label, other deployments included. One call per cycle; must not write. */
  observe(scope: Scope, signal: AbortSignal): Promise<Result<HostState>>;
  /** Idempotent: doing again what is done already is `done`. Never throws for a failing world. */
  apply(action: UnitAction, context: ActContext): Promise<Outcome>;
  /** Starts a runner with its one-job credential, delivered as files. `liveId` of the outcome is the runner's id. */
  launch(
    action: Extract<RunnerAction, { kind: 'launch-runner' }>,
    credential: RunnerCredential,
    context: ActContext,
  ): Promise<Outcome>;
  /** Asks the runner to end (SIGTERM; a job that runs is finished first), waits at most `graceMs`, then removes it. */
  retire(runner: string, graceMs: number, context: ActContext): Promise<Outcome>;
  /** Calls `wake` when something may have changed; events are hints, never data. Returns when `signal` aborts. */
  watch(scope: Scope, wake: () => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Which objects are ours. */
export interface Scope {
  readonly platform: string;
  /** Random id made with the state folder, on every label: two reconcilers never touch each other's objects. */
  readonly deployment: string;
}

export interface ActContext {
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** Wall-clock budget of this action, milliseconds. */
  readonly deadlineMs: number;
  /** For people: `pulling postgres:17 (3 of 7 layers)`. */
  progress(text: string): void;
  /** The value of a secret, read now. */
  secret(id: string): Promise<Result<Secret>>;
}

/** What a runner needs to take exactly one job; made by the forge's `RunnerService`. */
export interface RunnerCredential {
  readonly forgeId: string;
  /** Which program reads the files: `gitea-runner` or `forgejo-runner`. */
  readonly program: 'gitea-runner' | 'forgejo-runner';
  /** Relative to the runner's working folder. */
  readonly files: readonly { readonly path: string; readonly content: Secret }[];
  /** Arguments of the program. */
  readonly args: readonly string[];
}
