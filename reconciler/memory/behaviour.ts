import type { Failure } from '../model/result.ts';

/** How things of a memory engine behave; what is not named here works at once. */
export interface Behaviour {
  /** By image reference. */
  readonly images?: Readonly<Record<string, ImageBehaviour>>;
  /** Milliseconds a runner needs from launch until it is up. Default 0. */
  readonly runnerStartMs?: number;
  /** Called before each change to the world, with what is about to happen. What it throws ends the caller: a crash. */
  readonly beforeStep?: (step: string) => void;
  /** Asked at each call of the engine (`observe`, `apply`, `launch`, `retire`); a failure is answered instead of the work. */
  readonly fault?: (call: string) => Failure | undefined;
}

export interface ImageBehaviour {
  /** What a pull answers. */
  readonly pull?: Failure;
  readonly pullMs?: number;
  /** Milliseconds from start until healthy. `never`: stays in `starting` and then becomes unhealthy. Default 0. */
  readonly healthyAfterMs?: number | 'never';
  /** Ends with exit code 1 this long after each start; the restart policy brings it back each time. */
  readonly crashAfterMs?: number;
  /** As a job: ends this long after each start. Default 0. */
  readonly endsAfterMs?: number;
  /** As a job: what each try ends with. Default 0. */
  readonly exitCode?: number;
}
