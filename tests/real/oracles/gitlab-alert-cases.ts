import type { AlertCase } from './alert-cases.ts';

const requests = (code: string) =>
  `gitlab_workhorse_http_requests_total{job="forge-workhorse",code="${code}",method="get"}`;
const waiting = (le: string) => `sidekiq_jobs_queue_duration_seconds_bucket{job="forge-sidekiq",le="${le}"}`;

/** As in `alert-cases.ts`, for the alerts of GitLab in its large form. */
export const gitlabAlertCases: Readonly<Record<string, AlertCase>> = {
  ForgeFails: {
    minute: 25,
    fires: { [requests('502')]: '0+1x40', [requests('200')]: '0+9x40' },
    quiet: { [requests('502')]: '0+1x40', [requests('200')]: '0+99x40' },
  },
  ForgeIsOverloaded: {
    minute: 10,
    fires: {
      'puma_queued_connections{job="forge-rails",worker="a"}': '4x20',
      'puma_queued_connections{job="forge-rails",worker="b"}': '3x20',
    },
    quiet: {
      'puma_queued_connections{job="forge-rails",worker="a"}': '2x20',
      'puma_pool_capacity{job="forge-rails",worker="a"}': '3x20',
    },
  },
  ForgeJobsFail: {
    minute: 25,
    fires: {
      'sidekiq_jobs_failed_total{job="forge-sidekiq",queue="default"}': '0+2x40',
      'sidekiq_jobs_completion_seconds_count{job="forge-sidekiq",queue="default"}': '0+10x40',
    },
    quiet: {
      'sidekiq_jobs_failed_total{job="forge-sidekiq",queue="default"}': '7x40',
      'sidekiq_jobs_completion_seconds_count{job="forge-sidekiq",queue="default"}': '0+10x40',
    },
  },
  ForgeJobsWait: {
    minute: 25,
    fires: { [waiting('60')]: '0+5x40', [waiting('300')]: '0+10x40', [waiting('+Inf')]: '0+10x40' },
    quiet: { [waiting('60')]: '0+10x40', [waiting('300')]: '0+10x40', [waiting('+Inf')]: '0+10x40' },
  },
  ForgeWaitsForTheDatabase: {
    minute: 10,
    fires: {
      'gitlab_database_connection_pool_waiting{job="forge-rails"}': '0x20',
      'gitlab_database_connection_pool_waiting{job="forge-sidekiq"}': '2x20',
    },
    quiet: { 'gitlab_database_connection_pool_waiting{job="forge-rails"}': '0x4 3 0x20' },
  },
};
