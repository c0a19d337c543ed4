import type { ExpandContext, ImageLicence } from '../../compiler/model/component.ts';
import type { AlertRule } from '../../compiler/model/facts.ts';
import type { Workload } from '../../compiler/model/platform.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import { exporterOf } from '../exporter.ts';

export const metricsPort = 9187;

export const metricsImage: ImageLicence = {
  image: 'prometheuscommunity/postgres-exporter:v0.18.1',
  title: 'PostgreSQL exporter',
  licence: 'Apache-2.0',
};

/** A user that may read what the server says of itself, and no table of anybody. */
export const metricsUser = 'autogit_metrics';

export function metricsPassword(id: string): string {
  return `${id}-metrics-password`;
}

/** The program that turns what the server says into metrics (https://github.com/prometheus-community/postgres_exporter). */
export function metricsOf(context: ExpandContext<'database'>, port: number): Workload {
  const { id, origin, platform } = context;
  const text = {
    DATA_SOURCE_URI: `${platform.name}-${id}:${port}/postgres?sslmode=disable`,
    DATA_SOURCE_USER: metricsUser,
    DATA_SOURCE_PASS_FILE: secretPath(metricsPassword(id)),
  };
  return exporterOf(context, {
    component: 'postgres-exporter',
    image: metricsImage.image,
    port: metricsPort,
    healthPath: '/',
    environment: Object.entries(text).map(([name, value]) => ({ name, value: { kind: 'text', text: value }, origin })),
    mounts: [{ kind: 'secret', secret: metricsPassword(id), path: secretPath(metricsPassword(id)) }],
  });
}

export function databaseAlerts(origin: string): readonly AlertRule[] {
  const rules: readonly Omit<AlertRule, 'origin'>[] = [
    {
      id: 'DatabaseConnectionsRunOut',
      expression:
        'sum(pg_stat_activity_count{job="database"}) > 0.8 * max(pg_settings_max_connections{job="database"})',
      forMs: 300_000,
      severity: 'warning',
      summary: 'More than four fifths of the connections of the database are taken: see which client holds them.',
    },
    {
      id: 'DatabaseDeadlocks',
      expression: 'sum by (datname) (increase(pg_stat_database_deadlocks{job="database"}[10m])) > 0',
      forMs: 0,
      severity: 'warning',
      summary:
        'Transactions in {{ $labels.datname }} waited for each other, and one was ended: see the log of the database.',
    },
    {
      id: 'DatabaseIsDown',
      expression: 'pg_up{job="database"} == 0',
      forMs: 120_000,
      severity: 'critical',
      summary: 'The database does not answer: read its log.',
    },
  ];
  return rules.map((rule) => ({ ...rule, origin }));
}
