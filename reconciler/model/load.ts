/** The live CI load: jobs, runners as the forge sees them, runners as the hosts see them. */

export interface QueuedJob {
  /** Unique for this wait: forge job id and attempt. */
  readonly id: string;
  readonly name: string;
  /** Labels that a runner must all have. */
  readonly labels: readonly string[];
  /** `owner/repository`; empty when the forge does not say. */
  readonly project: string;
  /** Wall clock, milliseconds. */
  readonly queuedAt: number;
}

export interface RunningJob {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly startedAt: number;
  /** Given by forges that do not tell the runner: which pools it may run in. */
  readonly labels?: readonly string[];
  /** Runner as the forge names it. */
  readonly runnerId?: string;
  readonly runnerName?: string;
}

export interface Demand {
  readonly queued: readonly QueuedJob[];
  readonly running: readonly RunningJob[];
}

/** A registration at the forge. */
export interface ForgeRunner {
  readonly id: string;
  readonly name: string;
  readonly online: boolean;
  /** Cordoned: takes no new job. */
  readonly disabled: boolean;
  readonly labels: readonly string[];
}

/** A runner that a host runs: a container or a process with our labels. */
export interface HostRunner {
  /** Container id, or process id and start time. */
  readonly id: string;
  readonly host: string;
  readonly pool: string;
  /** `<platform>-<pool>-<suffix>`, the same name at the forge. */
  readonly name: string;
  /** Id of its registration at the forge; absent when it crashed before that was recorded. */
  readonly forgeId?: string;
  readonly state: 'starting' | 'running' | 'draining' | 'exited';
  readonly startedAt: number;
  readonly exitCode?: number;
  /** An exit code other than 0 in words, where the engine knows more: `ended with code 137: out of memory`. */
  readonly exit?: string;
  /** sha256 over what its pool says about a runner (image, labels, limits); an old one is drained, never killed. */
  readonly digest: string;
}
