import type { Demand, ForgeRunner } from '../model/load.ts';
import type { Reading } from '../model/reading.ts';
import type { PoolMemory } from '../model/record.ts';
import type { Failure } from '../model/result.ts';
import type { HostState, Snapshot } from '../model/snapshot.ts';
import type { ScaleOptions } from './scale-options.ts';

/** A reading as the scaler uses it: the value if there is one, and why it cannot be relied on if it cannot. */
export interface Input<T> {
  readonly name: string;
  readonly value?: T;
  /** Milliseconds since the value was read, or since the failed try. */
  readonly ageMs: number;
  /** Absent when fresh. */
  readonly doubt?: string;
  readonly failure?: Failure;
}

export interface ScaleInputs {
  readonly demand: Input<Demand>;
  readonly forge: Input<readonly ForgeRunner[]>;
  readonly hosts: ReadonlyMap<string, Input<HostState>>;
  /** Every host was read, and not too long ago. */
  readonly hostsFresh: boolean;
  /** Age of the oldest reading of a host, milliseconds. */
  readonly hostsAgeMs: number;
}

/** Judges every reading once: kind, age, and whether the demand is older than one that was used before. */
export function readInputs(snapshot: Snapshot, options: ScaleOptions): ScaleInputs {
  const newestUsed = Object.values(snapshot.pools).reduce((at, memory) => Math.max(at, memory.demandAt ?? 0), 0);
  const demand = judge('job queue', snapshot.demand, snapshot.at, options);
  const outdated = snapshot.demand.kind === 'fresh' && snapshot.demand.at < newestUsed && newestUsed <= snapshot.at;
  const hosts = new Map(
    Object.entries(snapshot.hosts).map(([id, reading]) => [id, judge(`host ${id}`, reading, snapshot.at, options)]),
  );
  return {
    demand: outdated ? { ...demand, doubt: 'it is older than the one before' } : demand,
    forge: judge('runners at the forge', snapshot.forgeRunners, snapshot.at, options),
    hosts,
    hostsFresh: [...hosts.values()].every(({ doubt }) => doubt === undefined),
    hostsAgeMs: Math.max(0, ...[...hosts.values()].map(({ ageMs }) => ageMs)),
  };
}

/** When the queue was read, for what the memory compares it with; undefined when it is not fresh. */
export function freshDemandAt(snapshot: Snapshot, inputs: ScaleInputs): number | undefined {
  return inputs.demand.doubt === undefined && snapshot.demand.kind === 'fresh' ? snapshot.demand.at : undefined;
}

/** What is remembered of a pool that was never seen before: a full token bucket. */
export function newPoolMemory(options: ScaleOptions): PoolMemory {
  return { failures: [], orphans: [], tokens: options.burst, tokensAt: 0, idleSince: {} };
}

function judge<T>(name: string, reading: Reading<T>, now: number, options: ScaleOptions): Input<T> {
  const ageMs = Math.max(0, now - reading.at);
  switch (reading.kind) {
    case 'fresh': {
      const old = ageMs > options.staleMs ? { doubt: `it was read ${Math.round(ageMs / 1000)} s ago` } : {};
      return { name, value: reading.value, ageMs, ...old };
    }
    case 'stale':
      return { name, value: reading.value, ageMs, doubt: reading.failure.detail, failure: reading.failure };
    case 'failed':
      return { name, ageMs, doubt: reading.failure.detail, failure: reading.failure };
  }
}
