import type { ContainerHealth, ContainerSpec, ContainerUnit } from '../model/desired.ts';
import type { Scope } from '../ports/engine.ts';
import { givenBy } from './given.ts';
import { composeLabels, LABEL, unitLabels } from './labels.ts';

/** Volumes that hold configs or secrets take nothing from the image; a read-only data volume neither. */
interface MountBody {
  readonly Type: 'volume';
  readonly Source: string;
  readonly Target: string;
  readonly ReadOnly: boolean;
  readonly VolumeOptions: { readonly NoCopy: boolean };
}

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
    NetworkMode: Object.keys(spec.networks)[0] ?? 'none',
    PortBindings: portBindings(spec),
    Mounts: spec.mounts.map(
      (mount): MountBody => ({
        Type: 'volume',
        Source: mount.volume,
        Target: mount.path,
        ReadOnly: mount.readOnly,
        VolumeOptions: { NoCopy: mount.readOnly },
      }),
    ),
    Tmpfs: spec.tmpfs,
    ...limitsBody(spec),
    ReadonlyRootfs: spec.readOnlyRoot,
    CapDrop: ['ALL'],
    CapAdd: spec.capAdd,
    SecurityOpt: ['no-new-privileges:true'],
    Init: spec.init,
  };
}

/** What `POST /containers/{id}/update` can change on a running container; also part of its creation. */
export function limitsBody(spec: ContainerSpec): Readonly<Record<string, unknown>> {
  return {
    NanoCpus: Math.round(spec.cpus * 1e9),
    Memory: spec.memoryBytes,
    // The engine's own default for a memory limit; said, because an update must change both together.
    MemorySwap: spec.memoryBytes * 2,
    PidsLimit: spec.pids,
    RestartPolicy: { Name: spec.restart, MaximumRetryCount: 0 },
  };
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
