import { type Step, withActions } from './draft.ts';
import type { Scaling } from './scale.ts';

/** The answer of a scaler without pools. */
export const noPools: Scaling = { decisions: [], actions: [], memory: {}, holds: [] };

/** What the scaler decided. It knows the policy of the machine itself; what is held is not started even so. */
export const addRunners: Step = (draft, { pools }) => {
  const allowed = pools.actions.filter(
    (action) => action.kind !== 'launch-runner' || !(draft.held.has(action.pool) || draft.held.has(action.host)),
  );
  return withActions({ ...draft, holds: [...draft.holds, ...pools.holds] }, allowed);
};
