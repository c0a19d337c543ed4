import type { ContainerSpec, FileEntry } from '../model/desired.ts';
import type { HostRunner } from '../model/load.ts';
import type { EngineFacts } from '../model/snapshot.ts';

/**
 * What a memory engine runs. It outlives the engine that was opened on it, as containers outlive the reconciler, and
 * may be changed by hand in tests: that is drift. `writes` counts changes made through an engine.
 */
export interface MemoryWorld {
  facts: EngineFacts;
  readonly containers: MemoryContainer[];
  readonly networks: MemoryObject[];
  readonly volumes: MemoryVolume[];
  readonly runners: MemoryRunner[];
  readonly images: Set<string>;
  writes: number;
  nextId: number;
}

export interface MemoryObject {
  readonly id: string;
  name: string;
  unit: string;
  digest: string;
  platform: string;
  deployment: string;
}

export interface MemoryVolume extends MemoryObject {
  readonly files: boolean;
  /** Absent until it was filled completely. */
  content?: readonly FileEntry[];
}

export interface MemoryContainer extends MemoryObject {
  slot: 'main' | 'next' | 'old';
  spec: ContainerSpec;
  state: 'created' | 'running' | 'exited' | 'paused';
  startedAt: number;
  createdAt?: number;
  /** When it was stopped, for one whose end was not its own. */
  finishedAt?: number;
  exitCode?: number;
  /** Ids of the networks it is attached to. */
  networks: string[];
}

export interface MemoryRunner extends Omit<HostRunner, 'host' | 'state'> {
  readonly platform: string;
  readonly deployment: string;
  state: 'running' | 'exited';
  exitCode?: number;
  /** Last lines of one that ended with an error. */
  logs?: readonly string[];
}

/** An empty host. `facts` default to 8 CPUs and 16 GiB. */
export function createMemoryWorld(facts: Partial<EngineFacts> = {}): MemoryWorld {
  return {
    facts: {
      id: 'memory',
      version: '1',
      apiVersion: '1',
      cpus: 8,
      memoryBytes: 16 * 1024 ** 3,
      arch: 'amd64',
      ...facts,
    },
    containers: [],
    networks: [],
    volumes: [],
    runners: [],
    images: new Set(),
    writes: 0,
    nextId: 1,
  };
}
