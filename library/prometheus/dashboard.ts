/** The dashboard of the platform, in Grafana's JSON model (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/). */

/** Uid of the data source, fixed so that panels find it. */
export const dataSource = 'prometheus';

export interface Panel {
  readonly title: string;
  readonly kind: 'timeseries' | 'stat';
  /** Unit as Grafana calls it: `bytes`, `percentunit`, `short`. */
  readonly unit: string;
  readonly queries: readonly { readonly expression: string; readonly legend: string }[];
}

const width = 12;
const height = 8;

/** Panels two by two. The same panels give the same text. */
export function dashboardText(platform: string, panels: readonly Panel[]): string {
  return `${JSON.stringify(
    {
      uid: 'autogit-platform',
      title: `Platform ${platform}`,
      tags: ['autogit'],
      timezone: 'browser',
      schemaVersion: 39,
      version: 1,
      editable: false,
      refresh: '1m',
      time: { from: 'now-6h', to: 'now' },
      panels: panels.map((panel, index) => ({
        id: index + 1,
        title: panel.title,
        type: panel.kind,
        datasource: { type: 'prometheus', uid: dataSource },
        gridPos: { x: (index % 2) * width, y: Math.floor(index / 2) * height, w: width, h: height },
        fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
        targets: panel.queries.map(({ expression, legend }, query) => ({
          refId: String.fromCharCode('A'.charCodeAt(0) + query),
          datasource: { type: 'prometheus', uid: dataSource },
          expr: expression,
          legendFormat: legend,
        })),
      })),
    },
    null,
    2,
  )}\n`;
}

export interface Shown {
  /** Ids of the scrape targets. */
  readonly jobs: readonly string[];
}

/** What is shown: always what answers and what is wrong, and of the rest that which is watched. */
export function panelsFor({ jobs }: Shown): readonly Panel[] {
  const has = (job: string): boolean => jobs.includes(job);
  return [
    panel('Parts that answer', 'stat', 'short', [
      ['sum(up)', 'answer'],
      ['count(up) - sum(up)', 'do not'],
    ]),
    panel('Alerts', 'timeseries', 'short', [['sum by (alertname) (ALERTS{alertstate="firing"})', '{{alertname}}']]),
    ...(has('monitoring-machine') ? machinePanels : []),
    ...(has('autogit') ? autogitPanels : []),
    ...(has('ingress') ? ingressPanels : []),
    ...(has('database') ? databasePanels : []),
    ...(has('cache') ? cachePanels : []),
    ...(has('dns') ? dnsPanels : []),
  ];
}

function panel(
  title: string,
  kind: Panel['kind'],
  unit: string,
  queries: readonly (readonly [expression: string, legend: string])[],
): Panel {
  return { title, kind, unit, queries: queries.map(([expression, legend]) => ({ expression, legend })) };
}

const machinePanels = [
  panel('Memory of the machine', 'timeseries', 'bytes', [
    ['node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes', '{{instance}}: used'],
    ['node_memory_MemTotal_bytes', '{{instance}}: all'],
  ]),
  panel('Disk with the volumes', 'timeseries', 'bytes', [
    [
      'node_filesystem_size_bytes{mountpoint="/etc/hosts"} - node_filesystem_avail_bytes{mountpoint="/etc/hosts"}',
      '{{instance}}: used',
    ],
    ['node_filesystem_size_bytes{mountpoint="/etc/hosts"}', '{{instance}}: all'],
  ]),
  panel('Processors', 'timeseries', 'percentunit', [
    ['1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))', '{{instance}}: busy'],
  ]),
  panel('Work that waits', 'timeseries', 'percentunit', [
    ['rate(node_pressure_cpu_waiting_seconds_total[5m])', '{{instance}}: for processors'],
    ['rate(node_pressure_memory_waiting_seconds_total[5m])', '{{instance}}: for memory'],
    ['rate(node_pressure_io_waiting_seconds_total[5m])', '{{instance}}: for disks'],
  ]),
];

const autogitPanels = [
  panel('Jobs that wait', 'timeseries', 'short', [['autogit_pool_queued_jobs', '{{pool}}']]),
  panel('Runners', 'timeseries', 'short', [['autogit_pool_runners', '{{pool}} {{state}}']]),
];

const ingressPanels = [
  panel('Requests', 'timeseries', 'reqps', [
    ['sum by (service) (rate(traefik_service_requests_total[5m]))', '{{service}}'],
  ]),
  panel('Requests that failed', 'timeseries', 'reqps', [
    ['sum by (service) (rate(traefik_service_requests_total{code=~"5.."}[5m]))', '{{service}}'],
  ]),
];

const databasePanels = [
  panel('Connections to the database', 'timeseries', 'short', [
    ['sum by (datname) (pg_stat_activity_count)', '{{datname}}'],
  ]),
  panel('Size of databases', 'timeseries', 'bytes', [['pg_database_size_bytes', '{{datname}}']]),
];

const cachePanels = [
  panel('Memory of the cache', 'timeseries', 'bytes', [
    ['redis_memory_used_bytes', 'used'],
    ['redis_memory_max_bytes', 'all'],
  ]),
  panel('Commands of the cache', 'timeseries', 'ops', [['rate(redis_commands_processed_total[5m])', 'commands']]),
];

const dnsPanels = [
  panel('Questions to the name server', 'timeseries', 'reqps', [
    ['sum(rate(coredns_dns_requests_total[5m]))', 'questions'],
  ]),
];
