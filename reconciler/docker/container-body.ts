import type { ContainerHealth, ContainerSpec, ContainerUnit, GpuRequest } from '../model/desired.ts';
import type { Scope } from '../ports/engine.ts';
import { givenBy } from './given.ts';
import { composeLabels, LABEL, unitLabels } from './labels.ts';

type MountBody = { readonly Source: string; readonly Target: string; readonly ReadOnly: boolean } & (
  | { readonly Type: 'bind' }
  | { readonly Type: 'volume'; readonly VolumeOptions: { readonly NoCopy: boolean } }
);

export interface ContainerBodyInput {
  readonly unit: ContainerUnit;
  readonly scope: Scope;
  /** Plain values of the secrets that environment variables hold, by secret id. */
  readonly secrets: Readonly<Record<string, string>>;
  /** False: joins its networks without its aliases, so that no client finds it before it is healthy. */
  readonly announced: boolean;
}

/**
 * Body of `POST /containers/create`. Joins the first of its networks only: engines before API 1.44 take no more in one
 * call, so the others are connected one by one before the start.
 */
export function containerBody(input: ContainerBodyInput): Readonly<Record<string, unknown>> {
  const { spec } = input.unit;
  return {
    Image: spec.image,
    ...(spec.workingDirectory === undefined ? {} : { WorkingDir: spec.workingDirectory }),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: spec.entrypoint }),
    ...(spec.command === undefined ? {} : { Cmd: spec.command }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.stopSignal === undefined ? {} : { StopSignal: spec.stopSignal }),
    ...(spec.health === undefined ? {} : { Healthcheck: healthBody(spec.health) }),
    Env: environmentBody(spec, input.secrets),
    StopTimeout: Math.ceil(spec.stopGraceMs / 1000),
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [`${port.port}/${port.protocol}`, {}])),
    Labels: {
      ...spec.labels,
      ...composeLabels(input.unit, input.scope),
      ...unitLabels(input.unit, input.scope),
      [LABEL.given]: JSON.stringify(givenBy(spec)),
    },
    HostConfig: hostBody(spec),
    NetworkingConfig: firstNetwork(spec, input.announced),
  };
}

function environmentBody(spec: ContainerSpec, secrets: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(spec.environment).map(([name, value]) => {
    if (typeof value === 'string') return `${name}=${value}`;
    const secret = secrets[value.secret];
    if (secret === undefined)
      throw new TypeError(`secret ${value.secret} was not resolved before the container is made`);
    return `${name}=${secret}`;
  });
}

function hostBody(spec: ContainerSpec): Readonly<Record<string, unknown>> {
  return {
    NetworkMode: spec.hostNetwork === true ? 'host' : (Object.keys(spec.networks)[0] ?? 'none'),
    ...(spec.extraHosts === undefined
      ? {}
      : { ExtraHosts: Object.entries(spec.extraHosts).map(([name, address]) => `${name}:${address}`) }),
    PortBindings: portBindings(spec),
    Mounts: spec.mounts.map(mountBody),
    Tmpfs: spec.tmpfs,
    ...limitsBody(spec),
    ...machineBody(spec),
    ReadonlyRootfs: spec.readOnlyRoot,
    CapDrop: ['ALL'],
    CapAdd: spec.capAdd,
    SecurityOpt: ['no-new-privileges:true'],
    Init: spec.init,
  };
}

/**
 * A folder of the host must be there: as a mount (unlike as a bind) the engine does not make it. Volumes that hold configs
 * or secrets take nothing from the image; a read-only data volume neither.
 */
function mountBody({ volume, path, readOnly }: ContainerSpec['mounts'][number]): MountBody {
  const mount = { Source: volume, Target: path, ReadOnly: readOnly };
  if (volume.startsWith('/')) return { ...mount, Type: 'bind' };
  return { ...mount, Type: 'volume', VolumeOptions: { NoCopy: readOnly } };
}

/** What it gets of the machine beside CPU and memory. */
function machineBody({ ulimits, sysctls, devices, gpus }: ContainerSpec): Readonly<Record<string, unknown>> {
  return {
    ...(ulimits === undefined
      ? {}
      : { Ulimits: Object.entries(ulimits).map(([Name, { soft, hard }]) => ({ Name, Soft: soft, Hard: hard })) }),
    ...(sysctls === undefined ? {} : { Sysctls: sysctls }),
    ...(devices === undefined ? {} : { Devices: devices.map(deviceBody) }),
    ...(gpus === undefined ? {} : { DeviceRequests: gpus.map(gpuBody) }),
  };
}

function deviceBody(device: string): Readonly<Record<string, string>> {
  const [onHost = device, inContainer = onHost] = device.split(':');
  return { PathOnHost: onHost, PathInContainer: inContainer, CgroupPermissions: 'rwm' };
}

/** An engine takes ids or a count, never both. */
function gpuBody({ driver, ids, count }: GpuRequest): Readonly<Record<string, unknown>> {
  const which = ids === undefined ? { Count: count ?? -1 } : { DeviceIDs: ids };
  return { Driver: driver, ...which, Capabilities: [['gpu']] };
}

/** What `POST /containers/{id}/update` can change on a running container; also part of its creation. */
export function limitsBody(spec: ContainerSpec): Readonly<Record<string, unknown>> {
  return {
    NanoCpus: Math.round(spec.cpus * 1e9),
    Memory: spec.memoryBytes,
    // The engine's own default for a memory limit; said, because an update must change both together.
    MemorySwap: spec.memoryBytes * 2,
    PidsLimit: spec.pids,
    RestartPolicy: restartBody(spec.restart),
  };
}

/** `on-failure:2` is a name and a count. */
function restartBody(restart: ContainerSpec['restart']): Readonly<Record<string, unknown>> {
  const [name, count = '0'] = restart.split(':');
  return { Name: name, MaximumRetryCount: Number(count) };
}

function portBindings(spec: ContainerSpec): Readonly<Record<string, readonly unknown[]>> {
  const bindings: Record<string, readonly unknown[]> = {};
  for (const port of spec.ports) {
    const key = `${port.port}/${port.protocol}`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: port.address, HostPort: String(port.hostPort) }];
  }
  return bindings;
}

function firstNetwork(spec: ContainerSpec, announced: boolean): Readonly<Record<string, unknown>> {
  const first = Object.entries(spec.networks)[0];
  if (first === undefined) return {};
  return { EndpointsConfig: { [first[0]]: { Aliases: announced ? first[1] : [] } } };
}

function healthBody(health: ContainerHealth): Readonly<Record<string, unknown>> {
  return {
    Test: health.test,
    Interval: health.intervalMs * 1e6,
    Timeout: health.timeoutMs * 1e6,
    Retries: health.retries,
    StartPeriod: health.startMs * 1e6,
  };
}
