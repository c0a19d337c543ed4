import { type PlanInput, type Step, withActions } from './draft.ts';
import { freshHost } from './live.ts';
import type { Scaling } from './scale.ts';

/** The answer of a scaler without pools. */
export const noPools: Scaling = { decisions: [], actions: [], memory: {}, holds: [] };

/** What the scaler decided, within the policy of the machine. Retiring is always allowed. */
export const addRunners: Step = (draft, input) => {
  const room = new Map<string, number>();
  const allowed = input.pools.actions.filter((action) => {
    if (action.kind !== 'launch-runner') return true;
    if (draft.held.has(action.pool) || draft.held.has(action.host)) return false;
    const left = room.get(action.pool) ?? roomIn(action.pool, input);
    room.set(action.pool, left - 1);
    return left > 0;
  });
  return withActions({ ...draft, holds: [...draft.holds, ...input.pools.holds] }, allowed);
};

/** How many runners the policy still allows in a pool; what has ended takes no room. */
function roomIn(pool: string, { snapshot, policy }: PlanInput): number {
  const runners = Object.keys(snapshot.hosts).flatMap((host) => freshHost(snapshot, host)?.runners ?? []);
  return policy.poolMax - runners.filter((runner) => runner.pool === pool && runner.state !== 'exited').length;
}
