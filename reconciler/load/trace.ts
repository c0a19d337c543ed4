import type { ForgeRunner, QueuedJob, RunningJob } from '../model/load.ts';
import { ok } from '../model/result.ts';
import { Secret } from '../model/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoadSource, RunnerService } from '../ports/forge.ts';
import type { TraceJob } from './trace-jobs.ts';

export interface TraceOptions {
  /** Times are relative to the start of the trace. */
  readonly jobs: readonly TraceJob[];
  readonly clock: Clock;
  /** Milliseconds from the registration of a runner until it takes jobs. */
  readonly bootMs: number;
  /** Begin again when all jobs are done. */
  readonly repeat: boolean;
  /** A runner has finished its one job and ends: the memory engine's `endRunner`. */
  readonly endRunner: (name: string) => void;
}

/** What a trace plays: jobs arrive, are taken by registered runners, run for their duration and finish. */
export interface Trace {
  readonly load: LoadSource;
  readonly runners: RunnerService;
  /** Brings the trace up to the clock; also done by every read. */
  advance(): void;
  counts(): { readonly arrived: number; readonly finished: number };
}

interface Job extends TraceJob {
  readonly id: string;
  readonly arrivesAt: number;
}

interface Registration {
  readonly id: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly upAt: number;
  disabled: boolean;
  job?: Job;
  startedAt: number;
  endsAt: number;
}

/**
 * A recorded or made-up load in place of a forge, for the embedded engine: the same ports, no network, driven by the
 * clock alone. Every registration takes one job, the oldest that its labels match, and is gone when that is done.
 */
export function createTrace(options: TraceOptions): Trace {
  const { clock } = options;
  const state = { round: 0, startedAt: clock.now(), next: 0, finished: 0, arrived: 0, runners: 0, at: clock.now() };
  const jobs = [...options.jobs].sort((a, b) => a.atMs - b.atMs);
  const waiting: Job[] = [];
  const registrations = new Map<string, Registration>();

  /** Plays the events up to now in the order of their times, so that late reads give the same history. */
  function advance(): void {
    const now = clock.now();
    for (let at = nextEvent(); at !== undefined && at <= now; at = nextEvent()) {
      state.at = Math.max(state.at, at);
      arrive();
      finish();
      assign();
    }
    state.at = Math.max(state.at, now);
  }

  function nextEvent(): number | undefined {
    const arrival = jobs[state.next];
    const times = [...registrations.values()].flatMap((one) =>
      one.job === undefined ? (canTake(one) ? [Math.max(one.upAt, state.at)] : []) : [one.endsAt],
    );
    if (arrival !== undefined) times.push(state.startedAt + arrival.atMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  const canTake = (one: Registration): boolean => !one.disabled && waiting.some((job) => matches(one, job));

  function arrive(): void {
    for (
      let job = jobs[state.next];
      job !== undefined && state.startedAt + job.atMs <= state.at;
      job = jobs[state.next]
    ) {
      waiting.push({ ...job, id: `${state.round}.${state.next + 1}`, arrivesAt: state.startedAt + job.atMs });
      state.next += 1;
      state.arrived += 1;
    }
  }

  function assign(): void {
    for (const one of registrations.values()) {
      if (one.job !== undefined || one.disabled || one.upAt > state.at) continue;
      const found = waiting.findIndex((job) => matches(one, job));
      const [job] = found < 0 ? [] : waiting.splice(found, 1);
      if (job === undefined) continue;
      Object.assign(one, { job, startedAt: state.at, endsAt: state.at + job.durationMs });
    }
  }

  function finish(): void {
    for (const [id, one] of registrations) {
      if (one.job === undefined || one.endsAt > state.at) continue;
      registrations.delete(id);
      state.finished += 1;
      options.endRunner(one.name);
    }
    if (options.repeat && jobs.length > 0 && state.next === jobs.length && waiting.length === 0 && !anyRunning()) {
      Object.assign(state, { next: 0, round: state.round + 1, startedAt: state.at });
    }
  }

  const anyRunning = (): boolean => [...registrations.values()].some((one) => one.job !== undefined);

  const load: LoadSource = {
    kind: 'trace',
    async read() {
      advance();
      return ok({ queued: waiting.map(asQueued), running: [...registrations.values()].flatMap(asRunning) });
    },
  };

  const runners: RunnerService = {
    async list() {
      advance();
      return ok([...registrations.values()].map((one) => asForgeRunner(one, state.at)));
    },
    async register({ name, labels }) {
      advance();
      state.runners += 1;
      const id = String(state.runners);
      registrations.set(id, {
        id,
        name,
        labels,
        upAt: clock.now() + options.bootMs,
        disabled: false,
        startedAt: 0,
        endsAt: 0,
      });
      return ok({
        forgeId: id,
        program: 'gitea-runner',
        files: [{ path: '.runner', content: new Secret('trace') }],
        args: ['daemon'],
      });
    },
    async cordon(forgeId) {
      advance();
      const one = registrations.get(forgeId);
      if (one !== undefined) one.disabled = true;
      return ok(undefined);
    },
    async runningJobs(forgeId) {
      advance();
      const job = registrations.get(forgeId)?.job;
      return ok(job === undefined ? [] : [job.id]);
    },
    async remove(forgeId) {
      advance();
      registrations.delete(forgeId);
      return ok(undefined);
    },
  };

  return { load, runners, advance, counts: () => ({ arrived: state.arrived, finished: state.finished }) };
}

const matches = (one: Registration, job: Job): boolean => job.labels.every((label) => one.labels.includes(label));

const asQueued = (job: Job): QueuedJob => ({
  id: job.id,
  name: job.name,
  labels: job.labels,
  project: job.project,
  queuedAt: job.arrivesAt,
});

function asRunning(one: Registration): readonly RunningJob[] {
  if (one.job === undefined) return [];
  const { id, name, project } = one.job;
  return [{ id, name, project, startedAt: one.startedAt, runnerId: one.id, runnerName: one.name }];
}

const asForgeRunner = (one: Registration, at: number): ForgeRunner => ({
  id: one.id,
  name: one.name,
  online: at >= one.upAt,
  disabled: one.disabled,
  labels: one.labels,
});
