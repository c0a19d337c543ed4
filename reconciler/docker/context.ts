import type { Clock } from '../ports/clock.ts';
import type { Scope } from '../ports/engine.ts';
import type { Log } from '../ports/log.ts';
import type { Connection } from './connection.ts';

/** What every part of this engine works with. */
export interface DockerContext {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly log: Log;
  /** Host id, for messages. */
  readonly host: string;
  /** Image of the short-lived container that fills volumes, if the operator named one. */
  readonly fillerImage: string | undefined;
  /** Folder with archives of AutoGit's own image for that, `<architecture>.tar`. */
  readonly fillerArchives: string | undefined;
  /** Network of runners, by name. */
  readonly runnerNetwork: string;
  /** Container → its start, for those that passed their gate here: the engine says so only after its next check. */
  readonly passed: Map<string, number>;
}

/** One action that runs: whose objects, until when, and whom to tell. */
export interface Step {
  readonly scope: Scope;
  /** Aborts on cancellation and when the budget of the action is spent. */
  readonly signal: AbortSignal;
  /** True when it was cancelled from outside, and not by its own budget. */
  cancelled(): boolean;
  progress(text: string): void;
}
