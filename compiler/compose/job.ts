import type { ComposeService } from '../model/compose-project.ts';
import { composeDuration } from '../model/compose-units.ts';
import type { Job, Workload } from '../model/platform.ts';

type JobParts = Pick<ComposeService, 'restart' | 'profiles' | 'x-autogit-job'>;

/**
 * How a container comes back when it ended. A job does not, unless it failed and has tries left; one that comes at its
 * times is in a profile of its own, so that `docker compose up` leaves it to `docker compose run`.
 */
export function restartOf({ job }: Workload): JobParts {
  if (job === undefined) return { restart: 'unless-stopped' };
  return {
    restart: job.retries === 0 ? 'no' : `on-failure:${job.retries}`,
    ...(isScheduled(job) ? { profiles: ['jobs'] as const } : {}),
    'x-autogit-job': {
      ...(job.at.kind === 'once' ? { at: 'once' } : { at: job.at.fields, timezone: job.at.timezone }),
      timeout: composeDuration(job.timeoutMs),
      retries: job.retries,
    },
  };
}

/** True for a job that comes at its times: nothing can wait for it. */
export function isScheduled(job: Job | undefined): boolean {
  return job?.at.kind === 'cron';
}
