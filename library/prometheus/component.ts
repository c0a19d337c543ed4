import type { Component, ExpandContext, Fragment, PartContext } from '../../compiler/model/component.ts';
import type { Facts, Said, ScrapeTarget } from '../../compiler/model/facts.ts';
import { nodesName } from '../../compiler/model/nodes-name.ts';
import type { Config, Link, Mount, Secret, Volume, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { bytesIn, limitsIn, millisecondsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { PrometheusSpec } from '../../schema/spec.ts';
import { sqliteImage } from '../sqlite-dump.ts';
import { alertmanagerId, alertmanagerImage, alertmanagerOf, alertmanagerPort } from './alertmanager.ts';
import { ownAlerts } from './alerts.ts';
import { prometheusConfig, rulesText, type Target } from './config.ts';
import { findingsOf, unwatched } from './findings.ts';
import { grafanaDump, grafanaId, grafanaImage, grafanaOf, grafanaPort } from './grafana.ts';
import { signOnDemands } from './grafana-sign-on.ts';
import { machineId, machineImage, machineOf, machinePort } from './machine.ts';
import { grafanaUpgrade, prometheusUpgrade } from './upgrade.ts';
import { nobody } from './user.ts';

const port = 9090;
const configPath = '/etc/autogit/prometheus.yml';
const rulesPath = '/etc/autogit/rules.yml';

type Context = ExpandContext<'monitoring'>;

/** Prometheus, with Alertmanager, Grafana and a look at the machine (https://prometheus.io/docs/). */
export const prometheus: Component<'monitoring'> = {
  use: 'prometheus',
  role: 'monitoring',
  title: 'Prometheus',
  licence: 'Apache-2.0',
  image: 'prom/prometheus:v3.15.0',
  images: [alertmanagerImage, grafanaImage, machineImage, sqliteImage],
  oracle: 'promtool',
  declare: (parameters, context) => declare(parameters as unknown as PrometheusSpec, context),
  expand: (parameters, context) => expand(parameters as unknown as PrometheusSpec, context),
  upgrade: prometheusUpgrade,
  upgrades: { grafana: grafanaUpgrade },
};

function declare(spec: PrometheusSpec, context: PartContext): Facts {
  const { id, origin, platform, hostname } = context;
  const { alerts } = spec;
  const volume = (workload: string, sizeBytes: number): Volume => ({
    id: `${workload}-data`,
    workload,
    origin,
    sizeBytes,
    // Metrics go by themselves after a while, and Alertmanager keeps what was said today.
    ...(workload === grafanaId(id) ? {} : { backup: false }),
  });
  const scrape = (workload: string, at: number): ScrapeTarget => ({
    id: workload,
    workload,
    port: at,
    path: '/metrics',
    origin,
  });
  return {
    demands: spec.dashboards ? signOnDemands(context, grafanaId(id)) : [],
    routes: spec.dashboards
      ? [
          {
            id,
            hostname: hostname ?? `${spec.host}.${platform.domain}`,
            path: '/',
            workload: grafanaId(id),
            port: grafanaPort,
            origin: pointerTo(origin, 'host'),
          },
        ]
      : [],
    volumes: [
      volume(id, bytesIn(spec.size)),
      ...(alerts === undefined ? [] : [volume(alertmanagerId(id), 2 ** 30)]),
      ...(spec.dashboards ? [volume(grafanaId(id), 2 ** 30)] : []),
    ],
    scrapes: [
      scrape(id, port),
      ...(alerts === undefined ? [] : [scrape(alertmanagerId(id), alertmanagerPort)]),
      ...(spec.machine ? [scrape(machineId(id), machinePort)] : []),
    ],
    dumps: spec.dashboards ? [grafanaDump(id, origin)] : [],
    alerts: ownAlerts(
      { machine: spec.machine, autogit: spec.autogit !== undefined, alerts: alerts !== undefined },
      origin,
    ),
    secretUses:
      alerts === undefined
        ? []
        : [
            ...(alerts.smtp?.password === undefined
              ? []
              : [{ secret: alerts.smtp.password, origin: pointerTo(origin, 'alerts', 'smtp', 'password') }]),
            ...(alerts.webhook === undefined
              ? []
              : [{ secret: alerts.webhook, origin: pointerTo(origin, 'alerts', 'webhook') }]),
          ],
    findings: findingsOf(spec, context),
  };
}

function expand(spec: PrometheusSpec, context: Context): Fragment {
  const { id, origin, platform } = context;
  const seen = seenFrom(context);
  const alertmanager = spec.alerts === undefined ? undefined : alertmanagerOf(spec.alerts, context);
  const jobs = [...seen.map((scrape) => scrape.id), ...(spec.autogit === undefined ? [] : ['autogit'])];
  const grafana = spec.dashboards ? grafanaOf(spec, context, `http://${platform.name}-${id}:${port}`, jobs) : undefined;
  const configs = configsOf(spec, context, seen);
  const tells: readonly Link[] =
    alertmanager === undefined
      ? []
      : [{ from: id, to: alertmanager.workload.id, port: alertmanagerPort, protocol: 'tcp', origin }];
  return {
    workloads: [
      server(spec, context, configs, seen),
      ...(alertmanager === undefined ? [] : [alertmanager.workload]),
      ...(grafana === undefined ? [] : [grafana.workload]),
      ...(spec.machine ? [machineOf(context)] : []),
    ],
    ready: [id],
    configs: [...configs, ...(alertmanager === undefined ? [] : [alertmanager.config]), ...(grafana?.configs ?? [])],
    secrets: grafana?.secrets ?? ([] as readonly Secret[]),
    links: tells,
    findings: unwatched(context),
  };
}

/** On Compose a network ends at its host, and so does what can be read. */
function seenFrom({ platform, host, facts }: Context): readonly Said<ScrapeTarget>[] {
  return facts.scrapes.filter((scrape) => platform.target === 'kubernetes' || scrape.host === host.id);
}

function configsOf(spec: PrometheusSpec, context: Context, seen: readonly Said<ScrapeTarget>[]): readonly Config[] {
  const { id, origin, platform, facts, host } = context;
  const targets = [
    ...seen.map((scrape): Target => ({ ...scrape, at: whereIs(scrape, context) })),
    ...(spec.autogit === undefined ? [] : [{ id: 'autogit', path: '/metrics', at: { address: spec.autogit } }]),
  ];
  const alerts = facts.alerts.filter((alert) => platform.target === 'kubernetes' || alert.host === host.id);
  const text = prometheusConfig({
    platform: platform.name,
    targets,
    rulesPath,
    ...(spec.alerts === undefined
      ? {}
      : { alertmanager: `${platform.name}-${alertmanagerId(id)}:${alertmanagerPort}` }),
  });
  return [
    { id: `${id}-config`, workload: id, origin, file: 'prometheus.yml', text },
    { id: `${id}-rules`, workload: id, origin, file: 'rules.yml', text: rulesText(alerts) },
  ];
}

/** On a cluster there is a look at each node. */
function whereIs({ workload, port: at }: ScrapeTarget, { id, platform }: Context): Target['at'] {
  if (workload === machineId(id) && platform.target === 'kubernetes')
    return { name: nodesName(platform.name, workload), port: at };
  return { address: `${workload === id ? 'localhost' : `${platform.name}-${workload}`}:${at}` };
}

function server(
  spec: PrometheusSpec,
  { id, origin, host }: Context,
  configs: readonly Config[],
  seen: readonly Said<ScrapeTarget>[],
): Workload {
  const tokens = [...new Set(seen.flatMap(({ token }) => token ?? []))];
  return {
    id,
    origin,
    component: 'prometheus',
    host: host.id,
    image: spec.image ?? prometheus.image,
    command: [
      `--config.file=${configPath}`,
      '--storage.tsdb.path=/prometheus',
      `--storage.tsdb.retention.time=${millisecondsIn(spec.retention) / 1000}s`,
      // The rest is for the log that new metrics are written to first.
      `--storage.tsdb.retention.size=${Math.floor(bytesIn(spec.size) * 0.8)}B`,
    ],
    environment: [],
    ports: [{ name: 'http', port, protocol: 'tcp', origin }],
    mounts: [
      { kind: 'volume', volume: `${id}-data`, path: '/prometheus', readOnly: false },
      ...configs.map(
        (config): Mount => ({
          kind: 'config',
          config: config.id,
          path: config.file === 'rules.yml' ? rulesPath : configPath,
        }),
      ),
      ...tokens.map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
    ],
    health: {
      test: { kind: 'http', port, path: '/-/ready', client: 'wget' },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      // After a crash it reads its log again first.
      startMs: 600_000,
    },
    needs: [],
    limits: limitsIn(spec.limits),
    user: nobody,
    readOnlyRoot: true,
    capabilities: [],
    // AutoGit runs beside the platform and not in it.
    internet: spec.autogit !== undefined,
    stateful: true,
    stopGraceMs: 60_000,
  };
}
