/** What GitLab shows of itself, and what somebody should look at. Ports: https://docs.gitlab.com/administration/monitoring/prometheus/. */
import type { AlertRule, ScrapeTarget } from '../../compiler/model/facts.ts';
import type { Port } from '../../compiler/model/platform.ts';
import type { GitlabSpec } from '../../schema/spec.ts';
import { showsAllMetrics, smallConcurrency } from './profile.ts';
import { map, type Setting, set } from './ruby.ts';

interface Source {
  /** Last part of the id of the scrape target. */
  readonly key: string;
  /** Name of the port. Later than `http`: a port of a metric must not decide whether the forge is alive. */
  readonly port: string;
  readonly at: number;
}

const workhorse: Source = { key: 'workhorse', port: 'metrics-http', at: 9229 };
const gitaly: Source = { key: 'gitaly', port: 'metrics-git', at: 9236 };
const rails: Source = { key: 'rails', port: 'metrics-rails', at: 8083 };
const sidekiq: Source = { key: 'sidekiq', port: 'metrics-jobs', at: 8082 };

function sources(spec: GitlabSpec): readonly Source[] {
  return showsAllMetrics(spec) ? [workhorse, gitaly, rails, sidekiq] : [workhorse, gitaly];
}

export function scrapesOf(spec: GitlabSpec, id: string, origin: string): readonly ScrapeTarget[] {
  return sources(spec).map(({ key, at }) => ({ id: `${id}-${key}`, workload: id, port: at, path: '/metrics', origin }));
}

export function metricsPorts(spec: GitlabSpec, origin: string): readonly Port[] {
  return sources(spec).map(({ port, at }) => ({ name: port, port: at, protocol: 'tcp', private: true, origin }));
}

/** `watched`: whether there is anybody who reads metrics. Gitaly has one setting for all, so its limits stand here too. */
export function metricsSettings(spec: GitlabSpec, watched: boolean): readonly Setting[] {
  const all = watched && showsAllMetrics(spec);
  const ofGitaly = {
    ...(spec.profile === 'small' ? { concurrency: smallConcurrency } : {}),
    ...(watched ? { prometheus_listen_addr: `0.0.0.0:${gitaly.at}` } : {}),
  };
  return [
    ...(Object.keys(ofGitaly).length === 0 ? [] : [set('gitaly', 'configuration', map(ofGitaly))]),
    ...(watched ? [set('gitlab_workhorse', 'prometheus_listen_addr', `0.0.0.0:${workhorse.at}`)] : []),
    set('puma', 'exporter_enabled', all),
    ...(all ? [set('puma', 'exporter_address', '0.0.0.0'), set('puma', 'exporter_port', rails.at)] : []),
    set('sidekiq', 'metrics_enabled', all),
    ...(all ? [set('sidekiq', 'listen_address', '0.0.0.0'), set('sidekiq', 'listen_port', sidekiq.at)] : []),
  ];
}

export function forgeAlerts(spec: GitlabSpec, origin: string): readonly AlertRule[] {
  const rules = showsAllMetrics(spec) ? [...always, ...ofRails] : always;
  return rules.map((rule) => ({ ...rule, origin }));
}

type Rule = Omit<AlertRule, 'origin'>;

const minuteMs = 60_000;

const always: readonly Rule[] = [
  {
    id: 'ForgeFails',
    expression:
      'sum(rate(gitlab_workhorse_http_requests_total{job="forge-workhorse",code=~"5.."}[10m]))' +
      ' / sum(rate(gitlab_workhorse_http_requests_total{job="forge-workhorse"}[10m])) > 0.05',
    forMs: 10 * minuteMs,
    severity: 'critical',
    summary:
      '{{ $value | humanizePercentage }} of what is asked of the forge ends with an error: run `gitlab-ctl tail puma` in it.',
  },
];

const ofRails: readonly Rule[] = [
  {
    id: 'ForgeIsOverloaded',
    expression:
      'sum(puma_queued_connections{job="forge-rails"}) > 5 or sum(puma_pool_capacity{job="forge-rails"}) == 0',
    forMs: 5 * minuteMs,
    severity: 'warning',
    summary:
      'Requests wait for a thread of the forge: give it more memory and CPUs, which makes room for more processes.',
  },
  {
    id: 'ForgeJobsFail',
    expression:
      'sum(rate(sidekiq_jobs_failed_total{job="forge-sidekiq"}[10m]))' +
      ' / sum(rate(sidekiq_jobs_completion_seconds_count{job="forge-sidekiq"}[10m])) > 0.1',
    forMs: 10 * minuteMs,
    severity: 'warning',
    summary:
      '{{ $value | humanizePercentage }} of the background jobs of the forge fail: see Admin, Monitoring, Background jobs.',
  },
  {
    id: 'ForgeJobsWait',
    expression:
      'histogram_quantile(0.95, sum by (le) (rate(sidekiq_jobs_queue_duration_seconds_bucket{job="forge-sidekiq"}[10m]))) > 60',
    forMs: 10 * minuteMs,
    severity: 'warning',
    summary:
      'Background jobs of the forge wait for {{ $value | humanizeDuration }}: mails, merges and pipelines are late.',
  },
  {
    id: 'ForgeWaitsForTheDatabase',
    expression: 'sum(gitlab_database_connection_pool_waiting{job=~"forge-rails|forge-sidekiq"}) > 0',
    forMs: 5 * minuteMs,
    severity: 'warning',
    summary: 'Threads of the forge wait for a connection to the database: see whether the database is slow or full.',
  },
];
