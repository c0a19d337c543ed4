import type { Decision } from '../model/decision.ts';
import type { RunnerFailure } from '../model/record.ts';
import type { SizeDecision, SizeInputs } from './scale-size.ts';

/** The decision in one plain sentence: what there is, what is done, what stands in the way, and why starts failed. */
export function decisionSentence(inputs: SizeInputs, decision: SizeDecision): string {
  const { lastFailure } = inputs.memory;
  const sentence = sizeSentence(inputs, decision);
  return lastFailure === undefined ? sentence : `${sentence}; ${failureSentence(lastFailure)}`;
}

/** `last runner home-linux-3 ended with code 1; it said: "no space left on device"`. */
export function failureSentence({ runner, detail, logs = [] }: RunnerFailure): string {
  const said = logs.at(-1);
  const isTold = said === undefined || detail.includes(said);
  return `last runner ${runner} ${detail}${isTold ? '' : `; it said: "${said}"`}`;
}

function sizeSentence(inputs: SizeInputs, decision: SizeDecision): string {
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
