import type { JudgeTakeover } from '../../compiler/model/takeover.ts';
import type { Plan } from '../model/plan.ts';
import { type Policy, strictPolicy } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { addRunners, noPools } from './add-runners.ts';
import { diffUnits } from './diff.ts';
import { compareText, digestOf } from './digest.ts';
import { type Draft, emptyDraft, type Step } from './draft.ts';
import { holdUnits } from './hold.ts';
import { orderActions } from './order.ts';
import { pruneUnits } from './prune.ts';
import type { Scaling } from './scale.ts';
import { stayUnits } from './stay.ts';

/** In this order: a held unit is neither changed nor pruned, and order looks at all that will be done. */
const steps: readonly Step[] = [stayUnits, holdUnits, diffUnits, pruneUnits, addRunners, orderActions];

export interface PlanQuestion {
  readonly snapshot: Snapshot;
  readonly pools?: Scaling;
  readonly policy?: Policy;
  /** Absent: nothing is known of any data. */
  readonly takeover?: JudgeTakeover;
}

/** What to do about one moment of the world. Same input, same bytes; the plan of the state it leads to is empty. */
export function plan(input: PlanQuestion): Plan {
  const { snapshot, pools = noPools, policy = strictPolicy, takeover = () => ({ kind: 'fine' }) } = input;
  const draft = steps.reduce<Draft>((soFar, step) => step(soFar, { snapshot, pools, policy, takeover }), emptyDraft);
  const revision = snapshot.desired.revision;
  return {
    digest: digestOf({ revision, actions: draft.actions }),
    revision,
    actions: draft.actions,
    holds: [...draft.holds].sort((a, b) => compareText(a.subject, b.subject) || compareText(a.reason, b.reason)),
    decisions: pools.decisions,
  };
}
