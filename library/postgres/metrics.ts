import type { ExpandContext } from '../../compiler/model/component.ts';
import type { AlertRule } from '../../compiler/model/facts.ts';
import type { Workload } from '../../compiler/model/platform.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';

export const metricsPort = 9187;
/** A user that may read what the server says of itself, and no table of anybody. */
export const metricsUser = 'autogit_metrics';

export function metricsId(id: string): string {
  return `${id}-metrics`;
}

export function metricsPassword(id: string): string {
  return `${id}-metrics-password`;
}

/** The program that turns what the server says into metrics (https://github.com/prometheus-community/postgres_exporter). */
export function metricsOf({ id, origin, host, platform }: ExpandContext<'database'>, port: number): Workload {
  const text = {
    DATA_SOURCE_URI: `${platform.name}-${id}:${port}/postgres?sslmode=disable`,
    DATA_SOURCE_USER: metricsUser,
    DATA_SOURCE_PASS_FILE: secretPath(metricsPassword(id)),
  };
  return {
    id: metricsId(id),
    origin,
    component: 'postgres-exporter',
    host: host.id,
    image: 'prometheuscommunity/postgres-exporter:v0.18.1',
    environment: Object.entries(text).map(([name, value]) => ({ name, value: { kind: 'text', text: value }, origin })),
    ports: [{ name: 'metrics', port: metricsPort, protocol: 'tcp', private: true, origin }],
    mounts: [{ kind: 'secret', secret: metricsPassword(id), path: secretPath(metricsPassword(id)) }],
    health: {
      test: { kind: 'http', port: metricsPort, path: '/', client: 'wget' },
      intervalMs: 30_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 30_000,
    },
    needs: [{ workload: id, condition: 'healthy', origin }],
    limits: { cpus: 0.2, memoryBytes: 32 * 2 ** 20 },
    user: { uid: 65534, gid: 65534 },
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: false,
    stopGraceMs: 10_000,
  };
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
