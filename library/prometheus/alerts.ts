import type { AlertRule } from '../../compiler/model/facts.ts';

const minuteMs = 60_000;

type Rule = Omit<AlertRule, 'origin'>;

export interface Watched {
  readonly machine: boolean;
  readonly autogit: boolean;
  /** Whether somebody is told. */
  readonly alerts: boolean;
}

/** What monitoring knows by itself: that something does not answer, how the machine is, and what AutoGit says of itself. */
export function ownAlerts(watched: Watched, origin: string): readonly AlertRule[] {
  const rules = [
    ...always,
    ...(watched.alerts ? ofDelivery : []),
    ...(watched.machine ? ofMachine : []),
    ...(watched.autogit ? ofAutogit : []),
  ];
  return rules.map((rule) => ({ ...rule, origin }));
}

const always: readonly Rule[] = [
  {
    id: 'TargetIsDown',
    expression: 'up == 0',
    forMs: 5 * minuteMs,
    severity: 'critical',
    summary: '{{ $labels.job }} has given no metrics for five minutes: see whether it runs, and read its log.',
  },
  {
    id: 'RulesFail',
    expression: 'increase(prometheus_rule_evaluation_failures_total{job="monitoring"}[10m]) > 0',
    forMs: 0,
    severity: 'warning',
    summary: 'A rule could not be judged, so an alert may be missing: read the log of monitoring.',
  },
];

const ofDelivery: readonly Rule[] = [
  {
    id: 'AlertsAreNotSent',
    expression:
      'increase(prometheus_notifications_errors_total{job="monitoring"}[10m]) > 0' +
      ' or increase(alertmanager_notifications_failed_total{job="monitoring-alerts"}[10m]) > 0',
    forMs: 10 * minuteMs,
    severity: 'critical',
    summary:
      'Alerts do not reach anybody: read the log of monitoring-alerts, and check the mail server or the webhook.',
  },
];

/** Engines put `/etc/hosts` of a container on the disk that volumes and images are on, so it stands for that disk. */
const disk = '{job="monitoring-machine",mountpoint="/etc/hosts"}';

const ofMachine: readonly Rule[] = [
  {
    id: 'MachineDiskFillsUp',
    expression: `predict_linear(node_filesystem_avail_bytes${disk}[6h], 86400) < 0`,
    forMs: 60 * minuteMs,
    severity: 'warning',
    summary:
      'At this pace the disk with the volumes of {{ $labels.instance }} is full within a day: see what grows with `du`.',
  },
  {
    id: 'MachineDiskIsFull',
    expression: `node_filesystem_avail_bytes${disk} / node_filesystem_size_bytes${disk} < 0.1`,
    forMs: 15 * minuteMs,
    severity: 'critical',
    summary:
      'Only {{ $value | humanizePercentage }} of the disk with the volumes of {{ $labels.instance }} is free: remove images that nothing uses, or add space.',
  },
  {
    id: 'MachineMemoryIsLow',
    expression:
      'node_memory_MemAvailable_bytes{job="monitoring-machine"} / node_memory_MemTotal_bytes{job="monitoring-machine"} < 0.1',
    forMs: 10 * minuteMs,
    severity: 'warning',
    summary:
      'Only {{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} is available: lower limits, or move something elsewhere.',
  },
];

const ofAutogit: readonly Rule[] = [
  {
    id: 'AutogitCannotReadTheRepository',
    expression: 'autogit_source_up{job="autogit"} == 0',
    forMs: 15 * minuteMs,
    severity: 'critical',
    summary:
      'AutoGit has not seen the repository for a quarter of an hour, so changes do not arrive: `autogit status` says why.',
  },
  {
    id: 'AutogitDoesNotSeeAHost',
    expression: 'autogit_host_up{job="autogit"} == 0',
    forMs: 5 * minuteMs,
    severity: 'critical',
    summary: 'AutoGit cannot read host {{ $labels.host }}: see whether its engine runs and is reachable.',
  },
  {
    id: 'AutogitHasFailedParts',
    expression: 'autogit_units{job="autogit",state=~"failed|missing|unhealthy"} > 0',
    forMs: 15 * minuteMs,
    severity: 'critical',
    summary:
      '{{ $value }} parts are {{ $labels.state }}: `autogit status` names them; a job such as a backup counts too.',
  },
  {
    id: 'AutogitJobIsLate',
    expression: 'autogit_job_late_timestamp_seconds{job="autogit"} < time()',
    forMs: 15 * minuteMs,
    severity: 'critical',
    summary:
      '{{ $labels.unit }} has not ended well at two of its times; the last good copy is as old where it is a backup: `autogit status` says why.',
  },
  {
    id: 'AutogitHoldsBack',
    expression: 'autogit_plan_holds{job="autogit"} > 0',
    forMs: 60 * minuteMs,
    severity: 'warning',
    summary: 'AutoGit has held something back for an hour: `autogit plan` says what, and what would let it go on.',
  },
  {
    id: 'AutogitJobsWait',
    expression:
      'autogit_pool_queued_jobs{job="autogit"} > 0 and on(pool) sum by (pool) (autogit_pool_runners{job="autogit"}) == 0',
    forMs: 15 * minuteMs,
    severity: 'warning',
    summary:
      'Jobs for the pool {{ $labels.pool }} have waited for a quarter of an hour without a runner: `autogit explain pool {{ $labels.pool }}` says why.',
  },
];
