/**
 * A host with containers, for what a person does by hand: look at one, stop and start it, run something beside it. Every
 * method throws `HostDown` for a failing world and when `signal` aborts.
 */
export interface ContainerHost {
  /** For messages: `/var/run/docker.sock`. */
  readonly place: string;
  /** By name; undefined when there is none. */
  find(name: string, signal: AbortSignal): Promise<FoundContainer | undefined>;
  /** Running already is fine. */
  start(id: string, signal: AbortSignal): Promise<void>;
  /** Within its own grace period; stopped already is fine. */
  stop(id: string, signal: AbortSignal): Promise<void>;
  /** Gives every line that the container writes from the moment `sinceMs` (wall clock) on, until it ends. */
  follow(id: string, sinceMs: number, say: (line: string) => void, signal: AbortSignal): Promise<void>;
  hasVolume(name: string, signal: AbortSignal): Promise<boolean>;
  /** Runs something to its end in a container of its own, which is gone afterwards. Gives its exit code. */
  runBeside(shot: OneShot, signal: AbortSignal): Promise<number>;
  close(): void;
}

export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  /** Absent: it has no health check. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  /** Wall clock, milliseconds; 0 when never. */
  readonly startedAt: number;
  /** Of the last run. */
  readonly exitCode: number;
  /** Why it ended, in words. */
  readonly exit: string;
}

/** Something that is run with the image, the mounts, the networks and the limits of a container that is there. */
export interface OneShot {
  /** Name of that container; it may be stopped. */
  readonly beside: string;
  /** Of its own; one that an interrupted call left under it is removed first. */
  readonly name: string;
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  /** More mounts; `volume`: a name, or the absolute path of a folder of the host. */
  readonly mounts?: readonly { readonly volume: string; readonly path: string }[];
  /** Absent: those of that container. */
  readonly capabilities?: readonly string[];
  /** Absent: as that container. */
  readonly user?: string;
  /** Every line that it writes. */
  say(line: string, stream: 'out' | 'err'): void;
}
