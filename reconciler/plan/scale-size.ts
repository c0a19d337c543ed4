import type { Decision } from '../model/decision.ts';
import type { PoolMemory } from '../model/record.ts';
import { breaker } from './scale-breaker.ts';

type Clamp = Decision['clamps'][number];

/** Runners of a pool by what they count as. */
export interface PoolCounts {
  readonly busy: number;
  readonly idle: number;
  readonly starting: number;
  /** There, but the forge or their host could not be asked, or out of contact for a short time. */
  readonly unknown: number;
  /** Draining, ending, given up or being replaced: they take no job, and are there until they are gone. */
  readonly leaving: number;
}

export interface SizeInputs {
  readonly at: number;
  readonly queued: number;
  readonly counts: PoolCounts;
  readonly size: { readonly min: number; readonly max?: number; readonly idle: number; readonly idleMs: number };
  readonly memory: PoolMemory;
  /** `all`: every input is fresh · `grow`: the queue is, another input is not · `hold`: nothing may change. */
  readonly trust: 'all' | 'grow' | 'hold';
  /** Inputs that are not fresh, in words. */
  readonly doubt: string;
  /** When the queue was read; undefined when `trust` is `hold`. */
  readonly demandAt?: number;
  /** Since when each idle runner is idle. */
  readonly idleSince: readonly number[];
  /** Why no runner of this pool may be started at all. */
  readonly forbidden?: string;
  /** Runners that the policy of the machine allows in this pool. */
  readonly poolMax?: number;
  readonly policyLeft?: number;
  /** How many more runners fit on the hosts, at most `need`; and why no more, in words. */
  fit(need: number): number;
  fitInWords(): string;
  readonly tokens: number;
}

export interface SizeDecision {
  readonly want: number;
  /** Runners that can take a job now or soon. */
  readonly supply: number;
  readonly desired: number;
  readonly clamps: readonly Clamp[];
  readonly held: boolean;
  /** Since when there are more than wanted. */
  readonly surplusSince?: number;
}

/**
 * The size of one pool: want = busy + queued + idle target; clamped to min, max, policy, hosts, back-off and burst when
 * it grows, and to confirmed, long-idle runners, half of the surplus per pass, when it shrinks. An input that is not
 * fresh holds the size.
 */
export function decideSize(inputs: SizeInputs): SizeDecision {
  const { counts, size, queued, trust } = inputs;
  const supply = counts.busy + counts.idle + counts.starting + counts.unknown;
  const want = counts.busy + queued + size.idle;
  const steps = new Steps(want);
  if (trust === 'hold') {
    steps.to('hold', supply, inputs.doubt);
    return finish(steps, { want, supply, held: true, surplusSince: inputs.memory.surplusSince });
  }
  if (size.min > 0) steps.to('min', Math.max(steps.value, size.min), `at least ${size.min} as the file says`);
  if (size.max !== undefined) steps.to('max', Math.min(steps.value, size.max), `at most ${size.max} as the file says`);
  const surplusSince = steps.value < supply ? Math.min(inputs.memory.surplusSince ?? inputs.at, inputs.at) : undefined;
  const shrinking = steps.value < supply;
  if (steps.value > supply) grow(inputs, steps, supply);
  else if (shrinking && trust === 'grow') steps.to('hold', supply, inputs.doubt);
  else if (shrinking) shrink(inputs, steps, supply, surplusSince ?? inputs.at);
  return finish(steps, { want, supply, held: shrinking && trust === 'grow', surplusSince });
}

/** A running value and what changed it. */
class Steps {
  value: number;
  readonly clamps: Clamp[] = [];
  constructor(value: number) {
    this.value = value;
  }
  to(name: string, after: number, reason: string): void {
    this.clamps.push({ name, before: this.value, after, reason });
    this.value = after;
  }
}

function finish(
  steps: Steps,
  rest: { want: number; supply: number; held: boolean; surplusSince: number | undefined },
): SizeDecision {
  const { surplusSince, ...known } = rest;
  return {
    ...known,
    desired: steps.value,
    clamps: steps.clamps,
    ...(surplusSince === undefined ? {} : { surplusSince }),
  };
}

function grow(inputs: SizeInputs, steps: Steps, supply: number): void {
  const { counts, size, memory, at } = inputs;
  const cap = (name: string, most: number, reason: string): void => {
    if (steps.value > supply) steps.to(name, Math.max(supply, Math.min(steps.value, most)), reason);
  };
  if (inputs.forbidden !== undefined) cap('forbidden', supply, inputs.forbidden);
  if (inputs.poolMax !== undefined) {
    const leaving =
      counts.leaving === 0 ? '' : `, ${counts.leaving} of them ${counts.leaving === 1 ? 'is' : 'are'} ending`;
    const reason = `the policy file allows ${inputs.poolMax} runners in a pool${leaving}`;
    cap('policy', inputs.poolMax - counts.leaving, reason);
  }
  if (size.max !== undefined && counts.leaving > 0) {
    cap('leaving', size.max - counts.leaving, `${counts.leaving} more are still there until they have ended`);
  }
  const fitting = inputs.fit(steps.value - supply);
  cap('hosts', supply + fitting, supply + fitting < steps.value ? inputs.fitInWords() : 'they fit on the hosts');
  if (inputs.policyLeft !== undefined) {
    const left = Math.max(0, inputs.policyLeft);
    cap('policy for all', supply + left, `the policy file leaves ${left} more for all pools`);
  }
  const pause = breaker(memory.failures, at);
  if (memory.failures.length > 0) {
    const probing = pause.allowed === 1 && counts.starting > 0;
    const again = pause.waitMs > 0 ? `next try in ${Math.ceil(pause.waitMs / 1000)} s` : 'one is tried at a time';
    const reason =
      pause.allowed === Infinity
        ? 'the last start failed'
        : `${memory.failures.length} starts failed in a row, ${again}`;
    cap('back-off', supply + (probing ? 0 : pause.allowed), reason);
  }
  cap('burst', supply + Math.floor(inputs.tokens), `${Math.floor(inputs.tokens)} may be started at once`);
}

function shrink(inputs: SizeInputs, steps: Steps, supply: number, surplusSince: number): void {
  const { at, size, memory, counts, queued } = inputs;
  const wanted = steps.value;
  const surplus = supply - wanted;
  const overMax = Math.min(counts.idle, Math.max(0, supply - (size.max ?? supply)));
  const confirmed = queued > 0 || (memory.emptySince !== undefined && (inputs.demandAt ?? 0) > memory.emptySince);
  if (!confirmed)
    steps.to('confirm', supply - overMax, 'the queue was read as empty once, a second reading confirms it');
  const enough = (since: number): boolean => at - since >= size.idleMs;
  const rested = confirmed && enough(surplusSince) ? inputs.idleSince.filter(enough).length : 0;
  const free = Math.max(overMax, Math.min(surplus, rested));
  if (confirmed && free < surplus) steps.to('idle time', supply - free, idleReason(inputs, free, surplusSince));
  const half = Math.max(overMax, Math.ceil(surplus / 2));
  if (free > half) steps.to('half', supply - half, `at most half of the surplus of ${surplus} ends per pass`);
}

function idleReason({ at, size, counts, idleSince }: SizeInputs, free: number, surplusSince: number): string {
  if (counts.idle === free)
    return free === 0 ? 'none is idle, a busy one is never stopped' : 'the others are busy or starting';
  const longest = Math.min(at - surplusSince, Math.max(0, ...idleSince.map((since) => at - since)));
  return `idle for ${seconds(longest)} of ${seconds(size.idleMs)}`;
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
