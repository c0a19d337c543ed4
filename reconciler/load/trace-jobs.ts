/** One job of a recorded or made-up load. */
export interface TraceJob {
  /** Milliseconds after the start of the trace. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly name: string;
  readonly labels: readonly string[];
  /** `owner/repository`. */
  readonly project: string;
}

export interface BurstOptions {
  readonly seed: number;
  /** Labels of the jobs, one set chosen for each. */
  readonly labels: readonly (readonly string[])[];
  readonly bursts: number;
  /** Mean pause between bursts and mean duration of a job, milliseconds. */
  readonly pauseMs: number;
  readonly durationMs: number;
  /** Mean number of jobs in a burst. */
  readonly size: number;
}

const STEPS = ['lint', 'unit tests', 'build', 'integration tests', 'package', 'docs'];
const PROJECTS = ['home/web', 'home/api', 'lab/firmware'];

/**
 * A made-up load: bursts of jobs, as pipelines come, with geometric sizes, exponential pauses and log-normal durations
 * (ln-sd 0.6). The same seed gives the same jobs.
 */
export function makeBursts(options: BurstOptions): readonly TraceJob[] {
  const random = randomFrom(options.seed);
  const jobs: TraceJob[] = [];
  let at = 1_000;
  for (let burst = 0; burst < options.bursts; burst += 1) {
    const project = pick(PROJECTS, random);
    const count = Math.max(1, Math.round(-Math.log(1 - random()) * options.size));
    for (let i = 0; i < count; i += 1) {
      jobs.push({
        atMs: Math.round(at + i * random() * 400),
        durationMs: Math.round(options.durationMs * Math.exp(0.6 * normal(random) - 0.18)),
        name: pick(STEPS, random),
        labels: pick(options.labels, random),
        project,
      });
    }
    at += -Math.log(1 - random()) * options.pauseMs;
  }
  return jobs.sort((a, b) => a.atMs - b.atMs);
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** Box–Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** mulberry32: numbers in [0, 1) from a seed, the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
