import type { Decision } from '../model/decision.ts';
import type { RunnerAction } from '../model/plan.ts';
import type { PoolMemory } from '../model/record.ts';

/** What the scaler wants done in this cycle, why, and what it must remember until the next one. */
export interface PoolPlan {
  readonly decisions: readonly Decision[];
  readonly actions: readonly RunnerAction[];
  /** By pool id. */
  readonly memory: Readonly<Record<string, PoolMemory>>;
}

export const noPools: PoolPlan = { decisions: [], actions: [], memory: {} };
