/** The configuration and the rules of Prometheus (https://prometheus.io/docs/prometheus/latest/configuration/configuration/). */
import type { AlertRule, ScrapeTarget } from '../../compiler/model/facts.ts';
import { compareText } from '../../compiler/model/order.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import { type YamlValue, yamlText } from '../../compiler/model/yaml-text.ts';

/** How often targets are read and rules are judged. */
export const intervalSeconds = 30;

export interface PrometheusConfig {
  /** Put on whatever is sent on, so that alerts of two platforms can be told apart. */
  readonly platform: string;
  readonly targets: readonly Target[];
  readonly rulesPath: string;
  /** `home-monitoring-alerts:9093`; absent means that nobody is told. */
  readonly alertmanager?: string;
}

/** What is read, and where it answers. */
export interface Target extends Pick<ScrapeTarget, 'id' | 'path' | 'token'> {
  readonly at: /** `home-cache:9121` */
    | { readonly address: string }
    /** All addresses of one name, each asked by itself. */
    | { readonly name: string; readonly port: number };
}

export function prometheusConfig({ platform, targets, rulesPath, alertmanager }: PrometheusConfig): string {
  const every = `${intervalSeconds}s`;
  return yamlText({
    global: { scrape_interval: every, evaluation_interval: every, external_labels: { platform } },
    rule_files: [rulesPath],
    ...(alertmanager === undefined
      ? {}
      : { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }),
    scrape_configs: [...targets].sort((a, b) => compareText(a.id, b.id)).map(scrapeConfig),
  });
}

/** The name of the job is the id of the target, which expressions of alerts rely on. */
function scrapeConfig({ id, path, token, at }: Target): YamlValue {
  return {
    job_name: id,
    metrics_path: path,
    ...(token === undefined ? {} : { authorization: { type: 'Bearer', credentials_file: secretPath(token) } }),
    ...('name' in at
      ? { dns_sd_configs: ['A', 'AAAA'].map((type) => ({ names: [at.name], type, port: at.port })) }
      : // Without it Prometheus adds the port, which says nothing to a reader of an alert.
        { static_configs: [{ targets: [at.address], labels: { instance: id } }] }),
  };
}

/** One group, sorted by name. */
export function rulesText(alerts: readonly AlertRule[]): string {
  const rules = [...alerts]
    .sort((a, b) => compareText(a.id, b.id))
    .map(({ id, expression, forMs, severity, summary }) => ({
      alert: id,
      expr: expression,
      ...(forMs === 0 ? {} : { for: `${forMs / 1000}s` }),
      labels: { severity },
      annotations: { summary },
    }));
  return yamlText({ groups: [{ name: 'platform', rules }] });
}
