import type { BackupHost } from '../../compiler/model/backup.ts';
import { HostDown } from '../model/host-down.ts';
import { type BackupContext, BackupFailed, containerOf } from './context.ts';
import { plainLine } from './restic.ts';

/** How one job ended. */
export interface JobEnd {
  readonly job: string;
  readonly host: string;
  readonly tookMs: number;
  readonly ok: boolean;
  /** `ended well`, or why it failed. */
  readonly detail: string;
}

/**
 * Starts the jobs that the schedule starts, dumps and copies of every host, and waits for their end. One that runs already
 * is waited for. Hosts one after another: each tidies the same repository up. An interrupt leaves the jobs running.
 */
export async function runBackup(context: BackupContext): Promise<readonly JobEnd[]> {
  const ends: JobEnd[] = [];
  for (const at of context.backup.hosts) ends.push(...(await runOn(context, at)));
  return ends;
}

async function runOn(context: BackupContext, at: BackupHost): Promise<readonly JobEnd[]> {
  const jobs = [...at.dumps, at.job];
  // All are looked for before one is started.
  for (const job of jobs) await containerOf(context, at.host, job);
  // The copy waits for the dumps, so it may begin with them.
  const begun: JobEnd['tookMs'][] = [];
  for (const job of jobs) begun.push(await begin(context, at, job));
  return Promise.all(jobs.map((job, index) => end(context, at, job, begun[index] ?? 0)));
}

/** Gives when it began, wall clock in milliseconds. */
async function begin(context: BackupContext, { host }: BackupHost, job: string): Promise<number> {
  const found = await containerOf(context, host, job);
  if (found.isRunning) {
    context.say(`${job}: runs since ${new Date(found.startedAt).toISOString().slice(0, 19)}Z`);
    return found.startedAt;
  }
  context.say(`${job}: started`);
  const since = context.clock.now();
  await context.hostOf(host).start(found.id, context.signal);
  return since;
}

async function end(context: BackupContext, { host }: BackupHost, job: string, sinceMs: number): Promise<JobEnd> {
  const { hostOf, clock, signal, say } = context;
  const { id } = await containerOf(context, host, job);
  const timeoutMs = context.platform.workloads.find((workload) => workload.id === job)?.job?.timeoutMs ?? 6 * 3_600_000;
  const stop = new AbortController();
  const tell = (name: string, line: string): void => {
    if (line !== '') say(`${name}: ${line}`);
  };
  const following = hostOf(host)
    .follow(id, sinceMs, (line) => tell(job, plainLine(line)), AbortSignal.any([signal, stop.signal]))
    // Its log may be kept elsewhere; what counts is how it ends.
    .catch((error: unknown) => {
      if (!(error instanceof HostDown)) throw error;
    });
  try {
    for (;;) {
      const found = await containerOf(context, host, job);
      const tookMs = clock.now() - sinceMs;
      if (!found.isRunning) {
        // The engine gives the last lines when the container is gone.
        await Promise.race([following, clock.sleep(5_000, signal)]);
        const ok = found.exitCode === 0;
        return { job, host, tookMs, ok, detail: ok ? 'ended well' : found.exit };
      }
      if (tookMs > timeoutMs) {
        await hostOf(host).stop(id, signal);
        return { job, host, tookMs, ok: false, detail: 'was stopped: it took longer than its timeout' };
      }
      if (signal.aborted)
        throw new BackupFailed('failed', `${job} runs on`, '`autogit backup run` waits for its end again');
      await clock.sleep(300, signal);
    }
  } finally {
    stop.abort();
    await following;
  }
}
