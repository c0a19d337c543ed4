import type { ComposeService, ComposeValue } from '../model/compose-project.ts';
import { composeDuration, composeSize } from '../model/compose-units.ts';
import { digestOf } from '../model/digest.ts';
import type { Config, EnvironmentVariable, Mount, Platform, Workload } from '../model/platform.ts';
import { pathOfSecret, secretMounts } from '../model/secret-mounts.ts';
import { healthcheckOf } from './health.ts';
import type { LinkNetwork } from './networks.ts';

/** Enough for a forge with its Git children, small enough to stop a fork bomb; no setting of the language yet. */
const pidsLimit = 4096;

/**
 * One Compose service with every hardened default: all capabilities dropped, no new privileges, limits, an init process
 * that reaps children. Values are as the process will see them; the serialiser doubles `$`. `networks`: those that it is
 * on; of the platform it is enough what concerns the workload.
 */
export function serviceOf(platform: Platform, workload: Workload, networks: readonly LinkNetwork[]): ComposeService {
  const configs = platform.configs.filter((config) => config.workload === workload.id);
  return defined<ComposeService>({
    image: workload.image,
    entrypoint: workload.entrypoint,
    command: workload.command,
    environment: filled(environmentOf(workload)),
    networks: networksFor(workload, networks),
    ports: some(portsOf(workload)),
    volumes: some(volumesOf(workload)),
    tmpfs: some(workload.mounts.flatMap(tmpfsOf).sort()),
    configs: some(configMounts(workload)),
    secrets: some(secretMounts(workload).map(({ secret, path }) => ({ source: secret, target: path }))),
    healthcheck: workload.health && healthcheckOf(workload.health),
    depends_on: filled(dependsOn(platform, workload)),
    deploy: {
      resources: {
        limits: {
          cpus: String(workload.limits.cpus),
          memory: composeSize(workload.limits.memoryBytes),
          pids: pidsLimit,
        },
      },
    },
    user: workload.user && `${workload.user.uid}:${workload.user.gid}`,
    read_only: workload.readOnlyRoot ? true : undefined,
    init: true,
    cap_drop: ['ALL'],
    cap_add: some([...workload.capabilities].sort()),
    security_opt: ['no-new-privileges:true'],
    restart: 'unless-stopped',
    stop_grace_period: composeDuration(workload.stopGraceMs),
    stop_signal: workload.stopSignal,
    labels: labelsOf(platform, configs),
  });
}

function environmentOf(workload: Workload): Record<string, ComposeValue> {
  return Object.fromEntries(workload.environment.map(({ name, value }) => [name, composeValue(workload, value)]));
}

function composeValue(workload: Workload, value: EnvironmentVariable['value']): ComposeValue {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'secret':
      return { secret: value.secret };
    case 'secret-file':
      return pathOfSecret(workload, value.secret);
  }
}

function networksFor(workload: Workload, networks: readonly LinkNetwork[]): ComposeService['networks'] {
  const joined = networks.flatMap(({ key, members }) => {
    const member = members[workload.id];
    return member === undefined ? [] : [[key, member] as const];
  });
  return Object.fromEntries(joined);
}

function portsOf(workload: Workload): NonNullable<ComposeService['ports']> {
  return workload.ports.flatMap(({ port, protocol, publish }) => {
    if (publish === undefined) return [];
    const published = { target: port, published: String(publish.port), protocol };
    return [publish.address === undefined ? published : { ...published, host_ip: publish.address }];
  });
}

function volumesOf(workload: Workload): NonNullable<ComposeService['volumes']> {
  return workload.mounts.flatMap((mount) => {
    if (mount.kind !== 'volume') return [];
    const volume = { type: 'volume' as const, source: mount.volume, target: mount.path };
    return [mount.readOnly ? { ...volume, read_only: true as const } : volume];
  });
}

/** The sticky bit as on any `/tmp`; without a size a tmpfs may fill half of the host's memory. */
function tmpfsOf(mount: Mount): readonly string[] {
  if (mount.kind !== 'tmpfs') return [];
  return [`${mount.path}:mode=1777${mount.sizeBytes === undefined ? '' : `,size=${mount.sizeBytes}`}`];
}

function configMounts(workload: Workload): NonNullable<ComposeService['configs']> {
  return workload.mounts.flatMap((mount) =>
    mount.kind === 'config' ? [{ source: mount.config, target: mount.path }] : [],
  );
}

/**
 * Compose refuses `service_healthy` at run time when the other service has no health check. A need on another host is
 * not rendered: a Compose project ends at its host, which `findings` reports.
 */
function dependsOn(platform: Platform, workload: Workload): NonNullable<ComposeService['depends_on']> {
  const entries = workload.needs.flatMap((need) => {
    const other = platform.workloads.find(({ id }) => id === need.workload);
    if (other === undefined || other.host !== workload.host) return [];
    const healthy = need.condition === 'healthy' && other.health !== undefined;
    return [
      [need.workload, { condition: healthy ? ('service_healthy' as const) : ('service_started' as const) }] as const,
    ];
  });
  return Object.fromEntries(entries);
}

/** Compose does not look into config files when it decides whether a container is current; this label makes it. */
function labelsOf(platform: Platform, configs: readonly Config[]): Record<string, string> {
  const labels = { 'autogit.dev/platform': platform.name };
  if (configs.length === 0) return labels;
  return { ...labels, 'autogit.dev/config-digest': digestOf(configs.flatMap(({ file, text }) => [file, text])) };
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function filled<T extends object>(map: T): T | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

/** The same object without members that are undefined. */
function defined<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
