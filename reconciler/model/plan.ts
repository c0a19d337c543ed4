/**
 * What will be done, so complete that acting makes no choices. A plan holds both kinds of change, what the commit asks
 * and what the load asks. Same snapshot, same plan, same digest.
 */

import type { Decision } from './decision.ts';
import type { ContainerUnit, FilesUnit, NetworkUnit, VolumeUnit } from './desired.ts';

export interface Plan {
  /** sha256 (hex) over revision and actions (not over time or decisions). */
  readonly digest: string;
  readonly revision: string;
  /** Sorted by id. Each waits for those it names in `after`. */
  readonly actions: readonly Action[];
  readonly holds: readonly Hold[];
  /** One per pool, sorted by pool. */
  readonly decisions: readonly Decision[];
}

interface ActionBase {
  /** `<kind>:<unit or runner>`: unique in a plan, the same in the next one. */
  readonly id: string;
  readonly host: string;
  /** Why, in words: `image 11.0.1 → 11.0.3`, `not there`, `limits changed by hand`. */
  readonly reason: string;
  /** `file`: the commit asks for it. `drift`: the world was changed by others. `load`: the job load asks. `cleanup`: left over from an interrupted change. `schedule`: it is time. */
  readonly cause: 'file' | 'drift' | 'load' | 'cleanup' | 'schedule';
  /** Ids of actions that must have succeeded first. */
  readonly after: readonly string[];
}

/** `sees`: live ids of the snapshot; when they differ at act time the outcome is `stale`. */
export type UnitAction = ActionBase &
  (
    | { readonly kind: 'create-network'; readonly unit: NetworkUnit }
    | { readonly kind: 'create-volume'; readonly unit: VolumeUnit }
    | { readonly kind: 'fill-files'; readonly unit: FilesUnit }
    | { readonly kind: 'pull-image'; readonly image: string }
    /**
     * Makes the container, starts it and waits until it is healthy. Replaces those of `sees`, if any, as `unit.replace`
     * says. That of a job is made and not started.
     */
    | { readonly kind: 'apply-container'; readonly unit: ContainerUnit; readonly sees: readonly string[] }
    /** Makes the container of a job anew and starts it; its end is not waited for. */
    | { readonly kind: 'run-job'; readonly unit: ContainerUnit; readonly sees: readonly string[] }
    /** The run of this container is over, or has had its time (`timeout`: it is stopped first). Tells how it ended. */
    | {
        readonly kind: 'end-job';
        readonly unit: ContainerUnit;
        readonly container: string;
        /** Of the unit that the container was made for. */
        readonly digest: string;
        readonly startedAt: number;
        readonly why: 'ended' | 'timeout';
      }
    /** Changes limits or restart policy of the running container. */
    | { readonly kind: 'update-container'; readonly unit: ContainerUnit; readonly container: string }
    | { readonly kind: 'start-container'; readonly unit: ContainerUnit; readonly container: string }
    /** Attaches to the networks of the unit that it was detached from, with their aliases. */
    | {
        readonly kind: 'connect-container';
        readonly unit: ContainerUnit;
        readonly container: string;
        readonly networks: readonly string[];
      }
    /** `unitId` is of something no longer in the file, or a left-over of an interrupted replacement. */
    | { readonly kind: 'remove-container'; readonly unitId: string; readonly container: string; readonly name: string }
    | { readonly kind: 'remove-network'; readonly unitId: string; readonly network: string; readonly name: string }
    /** Files volumes only; data volumes are never removed by a plan. */
    | { readonly kind: 'remove-files'; readonly unitId: string; readonly volume: string; readonly name: string }
  );

export type RunnerAction = ActionBase &
  (
    | {
        readonly kind: 'launch-runner';
        readonly pool: string;
        readonly name: string;
        readonly digest: string;
        readonly image: string;
        readonly labels: readonly string[];
        readonly cpus: number;
        readonly memoryBytes: number;
      }
    /** Cordon at the forge, re-read its running jobs, deregister, stop. Refuses (`stale`) when a job runs on it. */
    | {
        readonly kind: 'retire-runner';
        readonly pool: string;
        readonly runner: string;
        readonly name: string;
        readonly forgeId?: string;
      }
    /** The runner has ended: remove its container or working folder. */
    | { readonly kind: 'clear-runner'; readonly pool: string; readonly runner: string; readonly name: string }
    /** A registration at the forge without a runner on any host, seen so in two cycles. */
    | { readonly kind: 'deregister-runner'; readonly pool: string; readonly name: string; readonly forgeId: string }
  );

export type Action = UnitAction | RunnerAction;

/** What is not done now, and why. */
export interface Hold {
  /** Unit id, pool id or host id. */
  readonly subject: string;
  readonly reason: string;
  /** What a person can do about it, if anything. */
  readonly next?: string;
  /** True when it passes by itself and nothing is wrong: a job that runs. */
  readonly passes?: true;
  /** True when data would be harmed: only another file ends it. */
  readonly refused?: true;
}
