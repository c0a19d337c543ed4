import type { JudgeTakeover } from '../../compiler/model/takeover.ts';
import type { Action, Hold } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Scaling } from './scale.ts';

/** What a step of planning reads. */
export interface PlanInput {
  readonly snapshot: Snapshot;
  /** What the scaler decided; nothing when there are no pools. */
  readonly pools: Scaling;
  readonly policy: Policy;
  /** What the components know of each other's data. */
  readonly takeover: JudgeTakeover;
}

/** The plan so far. Steps add to it and never look at the world. */
export interface Draft {
  readonly actions: readonly Action[];
  readonly holds: readonly Hold[];
  /** Ids of units that get no action in this plan. */
  readonly held: ReadonlySet<string>;
}

/** One step of planning: a function from the plan so far to the next one. */
export type Step = (draft: Draft, input: PlanInput) => Draft;

export const emptyDraft: Draft = { actions: [], holds: [], held: new Set() };

/** Adds holds; units whose id is a subject are held. */
export function withHolds(draft: Draft, holds: readonly Hold[]): Draft {
  return {
    ...draft,
    holds: [...draft.holds, ...holds],
    held: new Set([...draft.held, ...holds.map(({ subject }) => subject)]),
  };
}

/** Adds actions. */
export function withActions(draft: Draft, actions: readonly Action[]): Draft {
  return { ...draft, actions: [...draft.actions, ...actions] };
}
