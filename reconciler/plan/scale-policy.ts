import type { Desired } from '../model/desired.ts';
import type { Policy } from '../model/policy.ts';
import { policyViolations } from './policy.ts';
import type { ScaleOptions } from './scale-options.ts';

/** What the policy of the machine means for the size of pools, so that a decision says what is really done. */
export function scaleBounds(desired: Desired, policy: Policy): Pick<ScaleOptions, 'poolMax' | 'forbidden'> {
  const { hosts, pools } = desired.platform;
  const known = new Set([...hosts, ...pools].map(({ id }) => id));
  const violations = policyViolations(desired, policy).filter(({ subject }) => known.has(subject));
  return {
    poolMax: policy.poolMax,
    forbidden: Object.fromEntries(violations.map(({ subject, finding }) => [subject, finding.message])),
  };
}
