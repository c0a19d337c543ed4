import type { Demand, ForgeRunner, QueuedJob, RunningJob } from '../../reconciler/model/load.ts';
import { type Failure, fail, ok, type Result } from '../../reconciler/model/result.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import type { CommitStatus } from '../../reconciler/ports/forge.ts';
import type { ForgePorts } from '../../reconciler/ports/reconciler.ts';

/** A forge with a job queue and one-job runners, in memory. */
export interface FakeForge {
  readonly ports: ForgePorts;
  readonly statuses: CommitStatus[];
  readonly runners: ForgeRunner[];
  readonly queued: QueuedJob[];
  readonly running: RunningJob[];
  isDown: boolean;
  /** What it answers to a registration, while set. */
  refusal: Failure | undefined;
  queue(count: number, label: string): void;
  /** Gives waiting jobs to runners that are up and free. `isUp`: whether a runner of this name runs on a host. */
  assign(isUp: (name: string) => boolean): void;
  /** Ends all running jobs; gives the names of the runners that had them. */
  finish(): readonly string[];
}

export function createFakeForge(now: () => number): FakeForge {
  const runners: ForgeRunner[] = [];
  const queued: QueuedJob[] = [];
  const running: RunningJob[] = [];
  const statuses: CommitStatus[] = [];
  let sequence = 0;

  const whenUp = <T>(value: () => T): Result<T> =>
    forge.isDown ? fail('unreachable', 'connection refused') : ok(value());
  const change = (id: string, news: Partial<ForgeRunner>) => {
    const index = runners.findIndex((runner) => runner.id === id);
    const found = runners[index];
    if (found !== undefined) runners[index] = { ...found, ...news };
  };

  const forge: FakeForge = {
    runners,
    queued,
    running,
    statuses,
    isDown: false,
    refusal: undefined,
    queue(count, label) {
      for (let number = 0; number < count; number += 1) {
        sequence += 1;
        queued.push({ id: `job-${sequence}`, name: 'build', labels: [label], project: 'ops/app', queuedAt: now() });
      }
    },
    assign(isUp) {
      for (const { id, name } of runners) if (isUp(name)) change(id, { online: true });
      for (const job of [...queued]) {
        const free = runners.find(
          (runner) =>
            runner.online &&
            !runner.disabled &&
            isUp(runner.name) &&
            job.labels.every((label) => runner.labels.includes(label)) &&
            !running.some(({ runnerId }) => runnerId === runner.id),
        );
        if (free === undefined) continue;
        queued.splice(queued.indexOf(job), 1);
        running.push({
          id: job.id,
          name: job.name,
          project: job.project,
          startedAt: now(),
          runnerId: free.id,
          runnerName: free.name,
        });
      }
    },
    finish() {
      const done = running.splice(0);
      for (const { runnerId } of done)
        runners.splice(
          runners.findIndex(({ id }) => id === runnerId),
          1,
        );
      return done.flatMap(({ runnerName }) => (runnerName === undefined ? [] : [runnerName]));
    },
    ports: {
      loadSource: {
        kind: 'gitea',
        read: async () => whenUp((): Demand => ({ queued: [...queued], running: [...running] })),
      },
      runnerService: {
        list: async () => whenUp(() => [...runners]),
        register: async ({ name, labels }) => {
          if (forge.refusal !== undefined) return { ok: false, failure: forge.refusal };
          return whenUp(() => {
            sequence += 1;
            runners.push({ id: `reg-${sequence}`, name, online: false, disabled: false, labels });
            return {
              forgeId: `reg-${sequence}`,
              program: 'gitea-runner' as const,
              files: [{ path: '.runner', content: new Secret('one-job') }],
              args: [],
            };
          });
        },
        cordon: async (id) => whenUp(() => change(id, { disabled: true })),
        runningJobs: async (id) => whenUp(() => running.filter(({ runnerId }) => runnerId === id).map((job) => job.id)),
        remove: async (id) =>
          whenUp(() => {
            const index = runners.findIndex((runner) => runner.id === id);
            if (index >= 0) runners.splice(index, 1);
          }),
      },
      notifier: { report: async (status) => whenUp(() => void statuses.push(status)) },
    },
  };
  return forge;
}
