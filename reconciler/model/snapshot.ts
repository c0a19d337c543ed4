/** One moment of the world, and what is known about it. All that decides reads a snapshot and nothing else. */
import type { ContainerSpec, Desired } from './desired.ts';
import type { Demand, ForgeRunner, HostRunner } from './load.ts';
import type { Reading } from './reading.ts';
import type { Attempts, InventoryEntry, PoolMemory, RevisionRecord } from './record.ts';

export interface Snapshot {
  /** Wall clock of this cycle, milliseconds. */
  readonly at: number;
  /** Ours: objects that carry another one are never touched. */
  readonly deployment: string;
  readonly desired: Desired;
  readonly hosts: Readonly<Record<string, Reading<HostState>>>;
  readonly demand: Reading<Demand>;
  readonly forgeRunners: Reading<readonly ForgeRunner[]>;
  readonly inventory: readonly InventoryEntry[];
  readonly revisions: readonly RevisionRecord[];
  readonly pools: Readonly<Record<string, PoolMemory>>;
  /** True until one clean full cycle after the store was rebuilt from labels: nothing is pruned. */
  readonly adoptOnly: boolean;
  /** What was tried on a unit lately, by unit id; absent means nothing was. */
  readonly attempts?: Readonly<Record<string, Attempts>>;
  /**
   * Image of what wrote each data volume last, by `<host>/<volume>`, also of containers that are gone; absent means that
   * nothing is known.
   */
  readonly writers?: Readonly<Record<string, string>>;
  /** Secrets that could not be read, with the sentence that says why; units that need them are held. */
  readonly missingSecrets?: Readonly<Record<string, string>>;
}

export interface HostState {
  readonly engine: EngineFacts;
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly ObservedObject[];
  /** Data volumes and files volumes alike; `files` tells them apart. */
  readonly volumes: readonly (ObservedObject & { readonly files: boolean })[];
  readonly runners: readonly HostRunner[];
}

export interface EngineFacts {
  /** The engine's own identity; a change means another machine answers. */
  readonly id: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly arch: string;
}

/** An object with our labels. */
export interface ObservedObject {
  readonly id: string;
  readonly name: string;
  /** Unit id and digest from its labels. */
  readonly unit: string;
  readonly digest: string;
  /** Deployment id from its labels; another one is never touched. */
  readonly deployment: string;
}

export interface ObservedContainer extends ObservedObject {
  /** `main` has the unit's own name; `next` is being made (`<name>.next`), `old` is kept until that is healthy (`<name>.old`). */
  readonly slot: 'main' | 'next' | 'old';
  readonly state: 'created' | 'running' | 'restarting' | 'paused' | 'exited' | 'dead' | 'removing';
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly startedAt: number;
  /** When it was made, and when it ended last (0: never); absent where nobody asks. */
  readonly createdAt?: number;
  readonly finishedAt?: number;
  readonly restarts: number;
  readonly exitCode?: number;
  /** Read back from the engine for drift by field; a field is absent where the engine cannot tell. */
  readonly actual: Partial<Omit<ContainerSpec, 'labels'>>;
}
