import type { PoolMemory, RunnerFailure } from '../model/record.ts';
import type { PoolRunner, RunnerState } from './pool-runners.ts';
import type { ScaleOptions } from './scale-options.ts';

export interface ObservedPool {
  readonly at: number;
  /** Sorted by name. */
  readonly runners: readonly PoolRunner[];
  /** Of what the pool says about a runner now. */
  readonly digest: string;
  /** When the queue was read; undefined when it could not be: then nothing is concluded from it. */
  readonly demandAt?: number;
  readonly forgeFresh: boolean;
  readonly queued: number;
}

/** Failed starts are forgotten after this time. */
const FAILURE_MEMORY_MS = 3_600_000;
const CAME_UP: readonly RunnerState[] = ['idle', 'busy'];
const OUT_OF_CONTACT: readonly RunnerState[] = ['silent', 'ending', 'lost'];

/** What this cycle's readings add to the memory of a pool, before anything is decided. */
export function rememberPool(memory: PoolMemory, seen: ObservedPool, options: ScaleOptions): PoolMemory {
  const certain = seen.demandAt !== undefined && seen.forgeFresh;
  const names = new Set(seen.runners.map(({ runner }) => runner.name));
  const before = new Set(memory.ready);
  const cameUp = new Set(certain ? namesIn(seen.runners, CAME_UP) : []);
  const ready = [...names].filter((name) => before.has(name) || cameUp.has(name));
  const failedNow = newFailures(seen, ready, memory.failed ?? []);
  const { emptySince, lastFailure, ...rest } = memory;
  // One that came up since shows that runners can start again; a changed pool is another try.
  const isOver =
    ready.some((name) => !before.has(name)) || (lastFailure !== undefined && lastFailure.digest !== seen.digest);
  const failures = [...(isOver ? [] : memory.failures), ...failedNow.map(() => seen.at)].filter(
    (at) => seen.at - at < FAILURE_MEMORY_MS,
  );
  const last = newestFailure(failedNow, seen) ?? (isOver ? undefined : lastFailure);
  return {
    ...rest,
    ...bucket(memory, seen.at, options),
    ready,
    failed: [...(memory.failed ?? []).filter((name) => names.has(name)), ...failedNow].sort(),
    failures,
    ...(failures.length === 0 || last === undefined ? {} : { lastFailure: last }),
    idleSince: certain ? since(memory.idleSince, namesIn(seen.runners, ['idle']), seen.at) : memory.idleSince,
    silentSince: certain
      ? since(memory.silentSince ?? {}, namesIn(seen.runners, OUT_OF_CONTACT), seen.at)
      : (memory.silentSince ?? {}),
    sequence: seen.runners.reduce((most, { runner }) => Math.max(most, numberOf(runner.name)), memory.sequence ?? 0),
    ...emptiness(emptySince, seen),
    ...(seen.demandAt === undefined ? {} : { demandAt: seen.demandAt }),
  };
}

/**
 * Adds starts that the engine or the forge refused, told by the last of them. All of one cycle count once: they failed
 * for one reason, and a forge that refuses for a moment must not look like twenty runners that are broken.
 */
export function rememberFailedLaunch(memory: PoolMemory, failure: RunnerFailure): PoolMemory {
  return { ...memory, failures: [...memory.failures, failure.at], lastFailure: failure };
}

/** The number at the end of a runner's name, 0 when there is none. */
export function numberOf(name: string): number {
  return Number(/-(\d{1,9})$/.exec(name)?.[1] ?? 0);
}

function namesIn(runners: readonly PoolRunner[], states: readonly RunnerState[]): readonly string[] {
  return runners.filter(({ state }) => states.includes(state)).map(({ runner }) => runner.name);
}

/** Keeps the first time of those that are still so; a clock that went back starts them anew. */
function since(before: Readonly<Record<string, number>>, names: readonly string[], at: number): Record<string, number> {
  const times: Record<string, number> = {};
  for (const name of names) times[name] = Math.min(before[name] ?? at, at);
  return times;
}

/** Refills by wall clock; a clock that goes back refills nothing. A full bucket has `tokensAt` 0, so that it rests. */
function bucket(memory: PoolMemory, at: number, options: ScaleOptions): Pick<PoolMemory, 'tokens' | 'tokensAt'> {
  const gained = (Math.max(0, at - memory.tokensAt) / 1000) * options.perSecond;
  const tokens = Math.min(options.burst, memory.tokens + gained);
  return tokens >= options.burst ? { tokens: options.burst, tokensAt: 0 } : { tokens, tokensAt: at };
}

/** The queue as empty once is a suspicion, twice is a fact. */
function emptiness(before: number | undefined, seen: ObservedPool): Pick<PoolMemory, 'emptySince'> {
  if (seen.demandAt !== undefined && seen.queued > 0) return {};
  const emptySince = before ?? seen.demandAt;
  return emptySince === undefined ? {} : { emptySince };
}

/** What there is to say about the last one of those that failed now. */
function newestFailure(names: readonly string[], { at, digest, runners }: ObservedPool): RunnerFailure | undefined {
  const last = runners.findLast(({ runner }) => names.includes(runner.name));
  if (last === undefined) return undefined;
  const { name: runner, state, exitCode, exit } = last.runner;
  const ended = exit ?? (exitCode === undefined ? 'has ended' : `ended with code ${exitCode}`);
  return { at, runner, digest, detail: state === 'exited' ? ended : 'never came up' };
}

/** Ended with an error before it came up, or never came up at all. Each is counted once. */
function newFailures(seen: ObservedPool, ready: readonly string[], counted: readonly string[]): readonly string[] {
  return seen.runners
    .filter(({ runner, state }) => state === 'overdue' || (state === 'exited' && (runner.exitCode ?? 0) !== 0))
    .map(({ runner }) => runner.name)
    .filter((name) => !ready.includes(name) && !counted.includes(name));
}
