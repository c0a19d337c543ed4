import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ProgramPlaces } from './find-program.ts';

/** What the parts of a process engine share. */
export interface ProcessHost extends ProgramPlaces {
  /** Host id. */
  readonly id: string;
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells all who watch that a runner has started or ended. */
  wakeAll(): void;
}
