import type { Demand, ForgeRunner } from '../model/load.ts';
import type { Result } from '../model/result.ts';
import type { RunnerCredential } from './engine.ts';

/** Where the job load is read. A short or failed read is a failure, never a smaller queue. */
export interface LoadSource {
  readonly kind: 'gitea' | 'forgejo' | 'trace';
  read(signal: AbortSignal): Promise<Result<Demand>>;
}

/** Registrations of runners at a forge. */
export interface RunnerService {
  list(signal: AbortSignal): Promise<Result<readonly ForgeRunner[]>>;
  /** One-job registration. `labels` are plain names; the service adds what its runner wants (`docker:host`). */
  register(
    request: { readonly name: string; readonly labels: readonly string[] },
    signal: AbortSignal,
  ): Promise<Result<RunnerCredential>>;
  /** The runner takes no new job. */
  cordon(forgeId: string, signal: AbortSignal): Promise<Result<void>>;
  /** Jobs that run on this registration now, read from the jobs and not from any busy flag. */
  runningJobs(forgeId: string, signal: AbortSignal): Promise<Result<readonly string[]>>;
  /** Done also when it is gone already. */
  remove(forgeId: string, signal: AbortSignal): Promise<Result<void>>;
}

/** Commit statuses on the forge. */
export interface Notifier {
  report(status: CommitStatus, signal: AbortSignal): Promise<Result<void>>;
}

export interface CommitStatus {
  /** Full commit id. */
  readonly revision: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** `autogit/<platform>`, and `autogit/<platform>/<environment>` where one is chosen. */
  readonly context: string;
  /** At most 140 characters. */
  readonly description: string;
}
