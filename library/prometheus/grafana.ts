/** Grafana with its data source and dashboard (https://grafana.com/docs/grafana/latest/administration/provisioning/). */
import type { ExpandContext, ImageLicence } from '../../compiler/model/component.ts';
import type { Dump } from '../../compiler/model/facts.ts';
import type { Config, Mount, Secret, Workload } from '../../compiler/model/platform.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import { yamlText } from '../../compiler/model/yaml-text.ts';
import type { Pointer } from '../../schema/diagnostic.ts';
import type { PrometheusSpec } from '../../schema/spec.ts';
import { sqliteDump } from '../sqlite-dump.ts';
import { dashboardText, dataSource, panelsFor } from './dashboard.ts';
import { type SignOn, signOnOf } from './grafana-sign-on.ts';

export const grafanaPort = 3000;
export const grafanaImage: ImageLicence = {
  image: 'grafana/grafana:13.2.3',
  title: 'Grafana',
  licence: 'AGPL-3.0-only',
};
/** User `grafana` of the image. */
const grafanaUser = { uid: 472, gid: 472 } as const;
const dataFolder = '/var/lib/grafana';
const dashboardsFolder = '/etc/autogit/dashboards';
const paths = {
  'data-sources.yml': '/etc/grafana/provisioning/datasources/autogit.yml',
  'dashboards.yml': '/etc/grafana/provisioning/dashboards/autogit.yml',
  'platform.json': `${dashboardsFolder}/platform.json`,
} as const;

export function grafanaId(id: string): string {
  return `${id}-dashboards`;
}

/** Its users and the dashboards that were made in the browser: a database of SQLite, which the platform's own is not used for. */
export function grafanaDump(id: string, origin: Pointer): Dump {
  const own = grafanaId(id);
  return sqliteDump({
    id: own,
    copy: own,
    origin,
    path: `${dataFolder}/grafana.db`,
    volume: `${own}-data`,
    folder: dataFolder,
    user: grafanaUser,
  });
}

/** Files that Grafana reads at each start; what they say cannot be changed in the browser. */
export function grafanaFiles(
  platform: string,
  prometheus: string,
  jobs: readonly string[],
): Readonly<Record<keyof typeof paths, string>> {
  return {
    'data-sources.yml': yamlText({
      apiVersion: 1,
      datasources: [
        {
          name: 'Prometheus',
          uid: dataSource,
          type: 'prometheus',
          access: 'proxy',
          url: prometheus,
          isDefault: true,
          editable: false,
        },
      ],
    }),
    'dashboards.yml': yamlText({
      apiVersion: 1,
      providers: [
        {
          name: 'autogit',
          type: 'file',
          disableDeletion: true,
          allowUiUpdates: false,
          options: { path: dashboardsFolder },
        },
      ],
    }),
    'platform.json': dashboardText(platform, panelsFor({ jobs })),
  };
}

export function grafanaOf(
  spec: PrometheusSpec,
  context: ExpandContext,
  prometheus: string,
  jobs: readonly string[],
): { readonly workload: Workload; readonly configs: readonly Config[]; readonly secrets: readonly Secret[] } {
  const { id, origin, platform } = context;
  const own = grafanaId(id);
  const files = grafanaFiles(platform.name, prometheus, jobs);
  const configs = Object.entries(files).map(
    ([file, text]): Config => ({ id: `${own}-${file.replace('.', '-')}`, workload: own, origin, file, text }),
  );
  const password: Secret = { id: `${id}-admin-password`, origin, source: { kind: 'generate', length: 32 } };
  const signOn = signOnOf(spec, context);
  const secrets = [password, ...(signOn?.secrets ?? [])];
  return { workload: workloadOf(context, configs, password.id, signOn), configs, secrets };
}

function workloadOf(
  { id, origin, host, url }: ExpandContext,
  configs: readonly Config[],
  password: string,
  signOn: SignOn | undefined,
): Workload {
  const own = grafanaId(id);
  const text = {
    GF_SERVER_HTTP_PORT: String(grafanaPort),
    ...(url === undefined ? {} : { GF_SERVER_ROOT_URL: `${url}/` }),
    GF_SECURITY_ADMIN_USER: 'admin',
    GF_USERS_ALLOW_SIGN_UP: 'false',
    // It has no way to the Internet, and nothing of the platform is told to anybody.
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  };
  return {
    id: own,
    origin,
    component: 'grafana',
    host: host.id,
    image: grafanaImage.image,
    environment: [
      ...Object.entries(text).map(([name, value]) => ({ name, value: { kind: 'text', text: value } as const, origin })),
      { name: 'GF_SECURITY_ADMIN_PASSWORD__FILE', value: { kind: 'secret-file', secret: password }, origin },
      ...(signOn?.environment ?? []),
    ],
    ports: [{ name: 'http', port: grafanaPort, protocol: 'tcp', origin }],
    mounts: [
      { kind: 'volume', volume: `${own}-data`, path: dataFolder, readOnly: false },
      { kind: 'tmpfs', path: '/tmp' },
      ...configs.map(
        (config): Mount => ({ kind: 'config', config: config.id, path: paths[config.file as keyof typeof paths] }),
      ),
      { kind: 'secret', secret: password, path: secretPath(password) },
      ...(signOn?.mounts ?? []),
    ],
    health: {
      test: { kind: 'http', port: grafanaPort, path: '/api/health', client: 'wget' },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      // A migration of its database after an upgrade.
      startMs: 300_000,
    },
    needs: [{ workload: id, condition: 'started', origin }],
    limits: { cpus: 0.5, memoryBytes: 256 * 2 ** 20 },
    user: grafanaUser,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: true,
    stopGraceMs: 15_000,
  };
}
