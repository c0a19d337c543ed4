import type { Decision } from '../model/decision.ts';
import type { SizeDecision, SizeInputs } from './scale-size.ts';

/** The decision in one plain sentence: what there is, what is done, and what stands in the way. */
export function decisionSentence(inputs: SizeInputs, decision: SizeDecision): string {
  const { queued, counts } = inputs;
  if (inputs.trust === 'hold') return `${inputs.doubt}: the size is held at ${decision.supply}`;
  const situation = [
    `${count(queued, 'job')} ${queued === 1 ? 'waits' : 'wait'}`,
    `${counts.busy} of ${count(decision.supply, 'runner')} busy`,
  ].join(', ');
  if (decision.held) return `${situation}: ${inputs.doubt}, so nothing is stopped`;
  const limit = limitOf(decision.clamps);
  const because = limit === undefined ? '' : ` (${limit.reason})`;
  if (decision.desired > decision.supply)
    return `${situation}: starting ${decision.desired - decision.supply}${because}`;
  if (decision.desired < decision.supply)
    return `${situation}: ending ${decision.supply - decision.desired} idle${because}`;
  if (limit !== undefined) return `${situation}: none started or ended, ${limit.reason}`;
  return counts.starting > 0 ? `${situation}, ${counts.starting} starting: enough` : `${situation}: enough`;
}

/** The last step that changed the number: it is the one in the way. */
function limitOf(clamps: Decision['clamps']): Decision['clamps'][number] | undefined {
  return clamps.findLast((clamp) => clamp.before !== clamp.after);
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
