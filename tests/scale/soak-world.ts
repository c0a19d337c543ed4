import type { Demand, ForgeRunner, HostRunner } from '../../reconciler/model/load.ts';
import type { RunnerAction } from '../../reconciler/model/plan.ts';
import type { Reading } from '../../reconciler/model/reading.ts';
import type { PoolMemory } from '../../reconciler/model/record.ts';
import { rememberFailedLaunch } from '../../reconciler/plan/pool-memory.ts';
import { scalePools } from '../../reconciler/plan/scale.ts';
import { aHost, aPool, failed, fresh, NOON, snapshotOf, stale } from './world.ts';

const GIB = 1024 ** 3;
export const POOLS = [
  aPool({ max: 8, idle: 1, idleMs: 60_000 }),
  aPool({ id: 'gpu', labels: ['gpu', 'linux'], max: 3, idleMs: 120_000 }),
];

interface Runner {
  readonly name: string;
  readonly pool: string;
  readonly digest: string;
  readonly labels: readonly string[];
  readonly startedAt: number;
  upAt: number;
  state: HostRunner['state'];
  exitCode?: number;
  job?: Job;
}
interface Job {
  readonly id: string;
  readonly labels: readonly string[];
  readonly at: number;
  readonly ms: number;
  startedAt?: number;
  state: 'waiting' | 'running' | 'done' | 'lost';
}

/** A forge and a host in memory in which everything goes wrong now and then, driven by a seeded random source. */
export class SoakWorld {
  now = NOON;
  /** Jobs that wait or run. */
  jobs: Job[] = [];
  arrived = 0;
  readonly runners = new Map<string, Runner>();
  readonly registered = new Map<string, { readonly name: string; disabled: boolean }>();
  memory: Readonly<Record<string, PoolMemory>> = {};
  readonly broken: string[] = [];
  mostRunners = 0;
  faults = true;
  readonly random: () => number;
  constructor(random: () => number) {
    this.random = random;
  }

  chance(probability: number): boolean {
    return this.faults && this.random() < probability;
  }

  /** Ten seconds of life, then one cycle of the scaler. */
  tick(arrivals: boolean): void {
    this.now += 10_000;
    if (arrivals) this.arrive();
    this.live();
    this.scale();
    this.checkInvariants();
  }

  private arrive(): void {
    if (this.random() > 0.08) return;
    const count = 1 + Math.floor(this.random() * 8);
    for (let i = 0; i < count; i += 1) {
      this.arrived += 1;
      const labels = this.random() < 0.2 ? ['gpu'] : ['linux'];
      const ms = 5_000 + Math.floor(this.random() * 200_000);
      this.jobs.push({ id: `${this.arrived}#0`, labels, at: this.now, ms, state: 'waiting' });
    }
  }

  private live(): void {
    for (const runner of this.runners.values()) {
      if (runner.state === 'exited') continue;
      if (this.chance(0.0005)) this.crash(runner);
      else if (runner.job !== undefined) this.finish(runner);
      else if (this.now >= runner.upAt) this.take(runner);
    }
    for (const job of this.jobs) if (job.state === 'waiting' && this.chance(0.002)) job.state = 'done';
    this.jobs = this.jobs.filter((job) => job.state === 'waiting' || job.state === 'running');
  }

  private crash(runner: Runner): void {
    runner.state = 'exited';
    runner.exitCode = 137;
    if (runner.job !== undefined) runner.job.state = 'lost';
  }

  private finish(runner: Runner): void {
    const { job } = runner;
    if (job?.startedAt === undefined || this.now - job.startedAt < job.ms) return;
    job.state = 'done';
    this.registered.delete(runner.name);
    runner.state = 'exited';
    runner.exitCode = 0;
  }

  private take(runner: Runner): void {
    if (this.registered.get(runner.name)?.disabled !== false) return;
    const job = this.jobs.find(
      (one) => one.state === 'waiting' && one.labels.every((label) => runner.labels.includes(label)),
    );
    if (job === undefined) return;
    Object.assign(job, { state: 'running', startedAt: this.now });
    runner.job = job;
  }

  private scale(): void {
    const scaling = scalePools(
      snapshotOf({
        at: this.now,
        pools: POOLS,
        demand: this.demand(),
        forgeRunners: this.forge(),
        hosts: { local: this.host() },
        memory: this.memory,
      }),
    );
    this.memory = { ...this.memory, ...scaling.memory };
    for (const action of scaling.actions) if (!this.chance(0.02)) this.act(action);
  }

  private reading<T>(value: T): Reading<T> {
    if (this.chance(0.03)) return failed('503');
    if (this.chance(0.02)) return stale(value, 'timeout', this.now - 30_000);
    if (this.chance(0.01)) return fresh(value, this.now - 300_000);
    return fresh(value, this.now);
  }

  private demand(): Reading<Demand> {
    const running = [...this.runners.values()].flatMap(({ name, job, state }) =>
      job === undefined || job.state !== 'running' || state === 'exited'
        ? []
        : [{ id: job.id, name: 'job', project: '', startedAt: job.startedAt ?? 0, runnerName: name }],
    );
    const queued = this.jobs
      .filter((job) => job.state === 'waiting')
      .map(({ id, labels, at }) => ({ id, name: 'job', labels, project: '', queuedAt: at }));
    return this.reading({ queued, running });
  }

  private forge(): Reading<readonly ForgeRunner[]> {
    const online = (name: string): boolean => {
      const runner = this.runners.get(name);
      return runner !== undefined && runner.state !== 'exited' && this.now >= runner.upAt && !this.chance(0.01);
    };
    return this.reading(
      [...this.registered].map(([name, { disabled }]) => ({
        id: name,
        name,
        online: online(name),
        disabled,
        labels: [],
      })),
    );
  }

  private host(): Reading<ReturnType<typeof aHost>> {
    const runners = [...this.runners.values()].map(
      ({ name, pool, digest, state, startedAt, exitCode }): HostRunner => ({
        id: `p-${name}`,
        host: 'local',
        pool,
        name,
        forgeId: name,
        state,
        startedAt,
        digest,
        ...(exitCode === undefined ? {} : { exitCode }),
      }),
    );
    return this.reading(aHost(runners, { cpus: 10, memory: 64 * GIB }));
  }

  private act(action: RunnerAction): void {
    switch (action.kind) {
      case 'launch-runner':
        this.launch(action);
        return;
      case 'retire-runner': {
        const runner = this.runners.get(action.name);
        if (runner?.job?.state === 'running' && runner.state !== 'exited') this.raced(runner);
        else if (this.chance(0.05)) this.registered.set(action.name, { name: action.name, disabled: true });
        else this.remove(action.name);
        return;
      }
      case 'clear-runner':
        this.runners.delete(action.name);
        return;
      case 'deregister-runner':
        this.registered.delete(action.name);
    }
  }

  /** The scaler may only ask to end a runner whose job began after its readings; acting looks again and refuses. */
  private raced(runner: Runner): void {
    this.broken.push(`${runner.name} asked to end with a job since ${this.now - (runner.job?.startedAt ?? 0)} ms`);
  }

  private launch(action: Extract<RunnerAction, { kind: 'launch-runner' }>): void {
    this.registered.set(action.name, { name: action.name, disabled: false });
    const { name, pool, digest, labels } = action;
    if (this.chance(0.05)) {
      this.memory = {
        ...this.memory,
        [pool]: rememberFailedLaunch(this.memory[pool] as PoolMemory, {
          at: this.now,
          runner: action.name,
          digest: action.digest,
          detail: 'did not start: no',
        }),
      };
      return;
    }
    const upAt = this.chance(0.03) ? Infinity : this.now + Math.floor(this.random() * 20_000);
    this.runners.set(name, { name, pool, digest, labels, startedAt: this.now, upAt, state: 'running' });
  }

  private remove(name: string): void {
    this.runners.delete(name);
    if (!this.chance(0.1)) this.registered.delete(name);
  }

  private checkInvariants(): void {
    for (const pool of POOLS) {
      const there = [...this.runners.values()].filter(
        (runner) => runner.pool === pool.id && runner.state !== 'exited',
      ).length;
      if (there > (pool.size.max ?? 0)) this.broken.push(`${pool.id} has ${there} runners`);
    }
    this.mostRunners = Math.max(this.mostRunners, this.runners.size);
  }
}
