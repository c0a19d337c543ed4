import type { ComposeCondition, ComposeService, ComposeValue } from '../model/compose-project.ts';
import { composeDuration, composeSize } from '../model/compose-units.ts';
import { digestOf } from '../model/digest.ts';
import type { Config, EnvironmentVariable, Need, Platform, Workload } from '../model/platform.ts';
import { pathOfSecret, secretMounts } from '../model/secret-mounts.ts';
import type { GpuShare } from './gpus.ts';
import { healthcheckOf } from './health.ts';
import { isScheduled, restartOf } from './job.ts';
import { configMounts, tmpfsOf, volumesOf } from './mounts.ts';
import type { LinkNetwork } from './networks.ts';

/** Enough for a forge with its Git children, small enough to stop a fork bomb; no setting of the language yet. */
const pidsLimit = 4096;

/**
 * One Compose service with every hardened default: all capabilities dropped, no new privileges, limits, an init process
 * that reaps children. Values are as the process will see them; the serialiser doubles `$`. `networks`: those that it is
 * on; `gpus`: those that it gets. Of the platform it is enough what concerns the workload.
 */
export function serviceOf(
  platform: Platform,
  workload: Workload,
  { networks, gpus }: { readonly networks: readonly LinkNetwork[]; readonly gpus?: GpuShare | undefined },
): ComposeService {
  const configs = platform.configs.filter((config) => config.workload === workload.id);
  return defined<ComposeService>({
    image: workload.image,
    build: workload.build,
    working_dir: workload.workingDirectory,
    entrypoint: workload.entrypoint,
    command: workload.command,
    environment: filled(environmentOf(workload)),
    networks: networksFor(workload, networks),
    network_mode: workload.hostNetwork ? 'host' : undefined,
    extra_hosts: workload.extraHosts && entries(workload.extraHosts, ({ hostname, address }) => [hostname, address]),
    ports: some(portsOf(workload)),
    volumes: some(volumesOf(platform, workload)),
    tmpfs: some(workload.mounts.flatMap((mount) => tmpfsOf(mount, workload.user)).sort()),
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
        ...(gpus?.reservation === undefined ? {} : { reservations: { devices: [gpus.reservation] } }),
      },
    },
    devices: some(devicesOf(workload, gpus)),
    ulimits: workload.ulimits && entries(workload.ulimits, ({ name, soft, hard }) => [name, { soft, hard }]),
    sysctls: workload.sysctls && entries(workload.sysctls, ({ name, value }) => [name, value]),
    user: workload.user && `${workload.user.uid}:${workload.user.gid}`,
    read_only: workload.readOnlyRoot ? true : undefined,
    init: workload.ownInit !== true,
    cap_drop: ['ALL'],
    cap_add: some([...workload.capabilities].sort()),
    security_opt: ['no-new-privileges:true'],
    profiles: undefined,
    'x-autogit-job': undefined,
    ...restartOf(workload),
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

/** On the network of the host the program itself listens there, so nothing has to be published. */
function portsOf(workload: Workload): NonNullable<ComposeService['ports']> {
  if (workload.hostNetwork) return [];
  return workload.ports.flatMap(({ port, protocol, publish }) => {
    if (publish === undefined) return [];
    const published = { target: port, published: String(publish.port), protocol };
    return [publish.address === undefined ? published : { ...published, host_ip: publish.address }];
  });
}

/** At the same path inside. */
function devicesOf({ devices = [] }: Workload, gpus: GpuShare | undefined): readonly string[] {
  const paths = [...new Set([...devices, ...(gpus?.devices ?? [])])].sort();
  return paths.map((path) => `${path}:${path}`);
}

/**
 * Compose refuses `service_healthy` at run time when the other service has no health check. Not rendered: a need on
 * another host, because a project ends at its host (which `findings` reports), and one on a job that comes at its times,
 * because nobody can wait for its next run.
 */
function dependsOn(platform: Platform, workload: Workload): NonNullable<ComposeService['depends_on']> {
  const conditions = workload.needs.flatMap((need) => {
    const other = platform.workloads.find(({ id }) => id === need.workload);
    if (other === undefined || other.host !== workload.host || isScheduled(other.job)) return [];
    return [[need.workload, { condition: conditionOf(need, other) }] as const];
  });
  return Object.fromEntries(conditions);
}

function conditionOf({ condition }: Need, other: Workload): ComposeCondition {
  if (condition === 'done' && other.job !== undefined) return 'service_completed_successfully';
  return condition === 'healthy' && other.health !== undefined ? 'service_healthy' : 'service_started';
}

/** Compose does not look into config files when it decides whether a container is current; this label makes it. */
function labelsOf(platform: Platform, configs: readonly Config[]): Record<string, string> {
  const labels = { 'autogit.dev/platform': platform.name };
  if (configs.length === 0) return labels;
  return { ...labels, 'autogit.dev/config-digest': digestOf(configs.flatMap(({ file, text }) => [file, text])) };
}

function entries<T, V>(list: readonly T[], entry: (item: T) => readonly [string, V]): Record<string, V> {
  return Object.fromEntries(list.map(entry));
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
