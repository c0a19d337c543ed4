/**
 * What a person sees: the same value is the JSON of `GET /api/status`, the input of the dashboard and of `autogit status`.
 * Times are wall clock in milliseconds. Holds no secret and no environment value.
 */
import type { Decision } from './decision.ts';
import type { Hold } from './plan.ts';
import type { AuditEvent, RevisionRecord, RunnerFailure } from './record.ts';

export interface Status {
  readonly at: number;
  readonly platform: string;
  readonly version: string;
  /** True when the engine is the embedded one: nothing outside this process is changed. */
  readonly embedded: boolean;
  /** Environment of the file that is laid over it; absent for the file as it stands. */
  readonly environment?: string;
  /** One sentence: `all 7 units are as revision 1a2b3c4 asks`. */
  readonly sentence: string;
  readonly health: 'ok' | 'working' | 'attention' | 'down';
  readonly source: {
    readonly name: string;
    readonly branch?: string;
    readonly revision?: string;
    readonly subject?: string;
    readonly checkedAt?: number;
    /** True when the revision does not contain the one that was followed before it (force-push). */
    readonly rewritten?: boolean;
    readonly failure?: string;
  };
  /** Revision that is in force; differs from the source's after a roll-back or a rejected file. */
  readonly revision?: RevisionRecord;
  readonly hosts: readonly {
    readonly id: string;
    readonly kind: string;
    readonly state: 'fresh' | 'stale' | 'failed';
    readonly detail: string;
    readonly at: number;
  }[];
  readonly units: readonly {
    readonly id: string;
    readonly kind: string;
    readonly host: string;
    readonly state: 'ok' | 'changing' | 'failed' | 'missing' | 'unhealthy';
    readonly detail: string;
    readonly image?: string;
    /** Of a job that comes at its times. */
    readonly job?: {
      /** When its last run that ended well was seen to. */
      readonly wellAt?: number;
      /** From when on that is too long ago. Absent while nothing is known of it. */
      readonly lateAt?: number;
    };
  }[];
  readonly plan?: {
    readonly digest: string;
    readonly revision: string;
    readonly at: number;
    readonly actions: readonly {
      readonly id: string;
      readonly kind: string;
      readonly host: string;
      readonly reason: string;
      readonly cause: string;
      readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'stale' | 'skipped';
      readonly detail?: string;
    }[];
    readonly holds: readonly Hold[];
  };
  readonly pools: readonly PoolStatus[];
  readonly history: readonly RevisionRecord[];
  readonly events: readonly AuditEvent[];
  readonly cycle: { readonly number: number; readonly lastMs?: number; readonly nextAt?: number };
}

export interface PoolStatus {
  readonly pool: string;
  readonly queued: number;
  readonly busy: number;
  readonly idle: number;
  readonly starting: number;
  readonly size: number;
  readonly desired: number;
  readonly max?: number;
  readonly decision?: Decision;
  /** Why its newest runner did not come up; absent once one did. */
  readonly lastFailure?: RunnerFailure;
  /** For the chart, oldest first, at most 240 points. */
  readonly series: readonly {
    readonly at: number;
    readonly queued: number;
    readonly busy: number;
    readonly size: number;
  }[];
}
