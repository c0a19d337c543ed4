/** Alertmanager: who is told (https://prometheus.io/docs/alerting/latest/configuration/). */
import type { ExpandContext, ImageLicence } from '../../compiler/model/component.ts';
import type { Config, Mount, Workload } from '../../compiler/model/platform.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import { yamlText } from '../../compiler/model/yaml-text.ts';
import type { PrometheusAlerts } from '../../schema/spec.ts';
import { nobody } from './user.ts';

export const alertmanagerPort = 9093;
export const alertmanagerImage: ImageLicence = {
  image: 'prom/alertmanager:v0.34.2',
  title: 'Alertmanager',
  licence: 'Apache-2.0',
};
const configPath = '/etc/autogit/alertmanager.yml';

/** Secrets stay in their files: the program reads them when it sends. */
export function alertmanagerConfig({ email, smtp, webhook }: PrometheusAlerts): string {
  const { server, from, username, password } = smtp ?? {};
  return yamlText({
    ...(email === undefined || server === undefined
      ? {}
      : {
          global: {
            smtp_smarthost: server,
            smtp_from: from,
            smtp_auth_username: username,
            smtp_auth_password_file: password === undefined ? undefined : secretPath(password),
            smtp_require_tls: true,
          },
        }),
    route: {
      receiver: 'people',
      group_by: ['alertname'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '12h',
      routes: [{ matchers: ['severity="critical"'], receiver: 'people', repeat_interval: '2h' }],
    },
    // Who is down has nothing else to say.
    inhibit_rules: [
      { source_matchers: ['alertname="TargetIsDown"'], target_matchers: ['severity="warning"'], equal: ['job'] },
    ],
    receivers: [
      {
        name: 'people',
        email_configs: email === undefined ? undefined : [{ to: email, send_resolved: true }],
        webhook_configs: webhook === undefined ? undefined : [{ url_file: secretPath(webhook), send_resolved: true }],
      },
    ],
  });
}

export function alertmanagerId(id: string): string {
  return `${id}-alerts`;
}

export function alertmanagerOf(
  alerts: PrometheusAlerts,
  { id, origin, host }: ExpandContext,
): { readonly workload: Workload; readonly config: Config } {
  const own = alertmanagerId(id);
  const config: Config = {
    id: `${own}-config`,
    workload: own,
    origin,
    file: 'alertmanager.yml',
    text: alertmanagerConfig(alerts),
  };
  const workload: Workload = {
    id: own,
    origin,
    component: 'alertmanager',
    host: host.id,
    image: alertmanagerImage.image,
    command: [
      `--config.file=${configPath}`,
      '--storage.path=/alertmanager',
      // One of it needs no others.
      '--cluster.listen-address=',
    ],
    environment: [],
    ports: [{ name: 'http', port: alertmanagerPort, protocol: 'tcp', private: true, origin }],
    mounts: [
      { kind: 'volume', volume: `${own}-data`, path: '/alertmanager', readOnly: false },
      { kind: 'config', config: config.id, path: configPath },
      ...secretsOf(alerts).map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
    ],
    health: {
      test: { kind: 'http', port: alertmanagerPort, path: '/-/ready', client: 'wget' },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 60_000,
    },
    needs: [],
    limits: { cpus: 0.2, memoryBytes: 64 * 2 ** 20 },
    user: nobody,
    readOnlyRoot: true,
    capabilities: [],
    internet: true,
    stateful: true,
    stopGraceMs: 15_000,
  };
  return { workload, config };
}

/** Each once: mail and webhook may be the same secret only by mistake, and a mount must not be there twice. */
export function secretsOf({ smtp, webhook }: PrometheusAlerts): readonly string[] {
  return [...new Set([smtp?.password, webhook].flatMap((secret) => secret ?? []))];
}
