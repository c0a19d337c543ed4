import type { Decision } from '../model/decision.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Queue } from './demand-match.ts';
import type { PoolView } from './pool-view.ts';
import type { ScaleInputs } from './scale-inputs.ts';
import { decisionSentence } from './scale-sentence.ts';
import type { SizeDecision, SizeInputs } from './scale-size.ts';

export interface DecisionContext {
  readonly view: PoolView;
  readonly snapshot: Snapshot;
  readonly inputs: ScaleInputs;
  readonly queue: Queue;
}

/** The record of a decision: each input with its age, each step in order, the result and the sentence. */
export function decisionOf(
  { view, snapshot, inputs, queue }: DecisionContext,
  sizes: SizeInputs,
  size: SizeDecision,
): Decision {
  const { demand, forge } = inputs;
  const { counts } = sizes;
  const { count, oldestAt } = queue;
  const forgeAge = { ageMs: forge.ageMs };
  const hostAge = { ageMs: inputs.hostsAgeMs };
  return {
    pool: view.pool.id,
    at: snapshot.at,
    inputs: [
      { name: 'queued jobs', value: count, ageMs: demand.ageMs },
      ...(oldestAt === undefined
        ? []
        : [
            {
              name: 'longest wait',
              value: `${Math.max(0, Math.round((snapshot.at - oldestAt) / 1000))} s`,
              ageMs: demand.ageMs,
            },
          ]),
      { name: 'busy runners', value: counts.busy, ageMs: demand.ageMs },
      { name: 'idle runners', value: counts.idle, ...forgeAge },
      { name: 'starting runners', value: counts.starting, ...hostAge },
      ...(counts.unknown > 0 ? [{ name: 'unknown runners', value: counts.unknown, ...hostAge }] : []),
      ...(counts.leaving > 0 ? [{ name: 'leaving runners', value: counts.leaving, ...hostAge }] : []),
      { name: 'idle target', value: view.pool.size.idle },
    ],
    clamps: size.clamps,
    current: size.supply,
    desired: size.desired,
    held: size.held,
    sentence: decisionSentence(sizes, size),
  };
}
