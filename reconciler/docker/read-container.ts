import type { ContainerHealth, ContainerSpec, PublishedPort } from '../model/desired.ts';
import type { ObservedContainer } from '../model/snapshot.ts';
import type { EngineHealth, InspectedContainer, InspectedImage } from './engine-json.ts';
import { type Given, parseGiven } from './given.ts';
import { LABEL } from './labels.ts';

type Actual = ObservedContainer['actual'];
type Image = NonNullable<InspectedImage['Config']>;

/**
 * Reads a container back in the words of `ContainerSpec`. `image` is the configuration of its image, absent when that is
 * gone. A field that was not given and still is what the image says is left out, so an untouched container has no drift.
 */
export function readContainer(container: InspectedContainer, image: Image | undefined): ObservedContainer {
  const labels = container.Config.Labels ?? {};
  const name = container.Name.replace(/^\//, '');
  const state = stateOf(container.State.Status);
  const exited = state === 'exited' || state === 'dead';
  return {
    id: container.Id,
    name,
    unit: labels[LABEL.unit] ?? '',
    digest: labels[LABEL.digest] ?? '',
    deployment: labels[LABEL.deployment] ?? '',
    slot: name.endsWith('.next') ? 'next' : name.endsWith('.old') ? 'old' : 'main',
    state,
    health: healthState(container),
    startedAt: startedAt(container),
    createdAt: moment(container.Created),
    finishedAt: moment(container.State.FinishedAt),
    restarts: container.RestartCount ?? 0,
    ...(exited && container.State.ExitCode !== undefined ? { exitCode: container.State.ExitCode } : {}),
    actual: actualOf(container, image, parseGiven(labels[LABEL.given])),
  };
}

/** Wall clock, milliseconds; 0 when it never ran. */
export function startedAt(container: InspectedContainer): number {
  return moment(container.State.StartedAt);
}

/** Wall clock, milliseconds; 0 for what an engine writes where nothing happened: the year 1. */
export function moment(text: string | undefined): number {
  const at = Date.parse(text ?? '');
  return Number.isFinite(at) && at > 0 ? at : 0;
}

const STATES = ['created', 'running', 'restarting', 'paused', 'exited', 'dead', 'removing'] as const;

/** A state that this code does not know counts as not running. */
export function stateOf(status: string): ObservedContainer['state'] {
  return STATES.find((known) => known === status) ?? 'exited';
}

function healthState(container: InspectedContainer): ObservedContainer['health'] {
  const status = container.State.Health?.Status;
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none';
}

function actualOf(container: InspectedContainer, image: Image | undefined, given: Given): Actual {
  const { Config: config, HostConfig: host } = container;
  const has = (field: string): boolean => given.fields.includes(field);
  const entrypoint = config.Entrypoint ?? [];
  const command = config.Cmd ?? [];
  // An entrypoint of the file also takes away the command of the image.
  const imageCommand = has('entrypoint') ? [] : (image?.Cmd ?? []);
  const health = healthOf(config.Healthcheck);
  const stopSignal = config.StopSignal ?? '';
  const user = config.User ?? '';
  const workingDirectory = config.WorkingDir ?? '';
  return {
    image: config.Image ?? '',
    ...(has('workingDirectory') || workingDirectory !== (image?.WorkingDir ?? '') ? { workingDirectory } : {}),
    ...(has('entrypoint') || !sameList(entrypoint, image?.Entrypoint ?? []) ? { entrypoint } : {}),
    ...(has('command') || !sameList(command, imageCommand) ? { command } : {}),
    environment: environmentOf(config.Env ?? [], image?.Env ?? [], given),
    networks: networksOf(container),
    ports: portsOf(container),
    mounts: mountsOf(container, image),
    tmpfs: sortedRecord(host.Tmpfs ?? {}),
    ...(health !== undefined && (has('health') || !sameHealth(config.Healthcheck, image?.Healthcheck))
      ? { health }
      : {}),
    cpus: (host.NanoCpus ?? 0) / 1e9,
    memoryBytes: host.Memory ?? 0,
    pids: host.PidsLimit ?? 0,
    ...machineOf(container, has),
    ...(has('user') || user !== (image?.User ?? '') ? { user } : {}),
    readOnlyRoot: host.ReadonlyRootfs ?? false,
    capAdd: capabilitiesOf(container),
    init: host.Init ?? false,
    // Read as it is: another policy than ours is exactly what drift has to see.
    restart: restartOf(host.RestartPolicy),
    ...(typeof config.StopTimeout === 'number' ? { stopGraceMs: config.StopTimeout * 1000 } : {}),
    ...(stopSignal !== '' && (has('stopSignal') || stopSignal !== (image?.StopSignal ?? '')) ? { stopSignal } : {}),
  };
}

function restartOf(policy: InspectedContainer['HostConfig']['RestartPolicy']): ContainerSpec['restart'] {
  const name = policy?.Name || 'no';
  return (name === 'on-failure' ? `${name}:${policy?.MaximumRetryCount ?? 0}` : name) as ContainerSpec['restart'];
}

/** Where the file gave nothing and nothing is there, nothing is told. */
function machineOf({ HostConfig: host }: InspectedContainer, has: (field: string) => boolean): Partial<Actual> {
  const all = {
    // Anything else than the network of the host is seen in the networks that it is on.
    hostNetwork: host.NetworkMode === 'host',
    extraHosts: sortedRecord(Object.fromEntries((host.ExtraHosts ?? []).map(nameAndAddress))),
    ulimits: Object.fromEntries(
      (host.Ulimits ?? []).map(({ Name = '', Soft = 0, Hard = 0 }) => [Name, { soft: Soft, hard: Hard }]),
    ),
    sysctls: sortedRecord(host.Sysctls ?? {}),
    devices: (host.Devices ?? []).map(({ PathOnHost, PathInContainer }) => `${PathOnHost}:${PathInContainer}`).sort(),
    gpus: (host.DeviceRequests ?? []).map(({ Driver = '', Count = 0, DeviceIDs }) => ({
      driver: Driver,
      ...((DeviceIDs ?? []).length > 0 ? { ids: DeviceIDs ?? [] } : { count: Count }),
    })),
  };
  const told = Object.entries(all).filter(([field, value]) => has(field) || (value !== false && !isEmpty(value)));
  return Object.fromEntries(told) as Partial<Actual>;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** The address may be one of IPv6, so the first colon counts. */
function nameAndAddress(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** Values that hold secrets are never read: such a variable counts as unchanged while it is there. */
function environmentOf(
  entries: readonly string[],
  ofImage: readonly string[],
  given: Given,
): ContainerSpec['environment'] {
  const result: Record<string, string | { readonly secret: string }> = {};
  for (const entry of entries) {
    const cut = entry.indexOf('=');
    const name = cut < 0 ? entry : entry.slice(0, cut);
    const secret = given.secrets[name];
    if (secret !== undefined) result[name] = { secret };
    else if (given.environment.includes(name) || !ofImage.includes(entry))
      result[name] = cut < 0 ? '' : entry.slice(cut + 1);
  }
  return result;
}

/** Engines before API 1.44 add the short id of the container as an alias of its own. */
function networksOf(container: InspectedContainer): ContainerSpec['networks'] {
  const short = container.Id.slice(0, 12);
  const entries = Object.entries(container.NetworkSettings?.Networks ?? {}).filter(
    ([name]) => name !== 'none' && name !== 'host',
  );
  return Object.fromEntries(
    entries
      .map(([name, endpoint]) => [name, (endpoint.Aliases ?? []).filter((alias) => alias !== short).sort()] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function portsOf(container: InspectedContainer): readonly PublishedPort[] {
  const ports = Object.entries(container.HostConfig.PortBindings ?? {}).flatMap(([key, bindings]) => {
    const [port = '', protocol] = key.split('/');
    return (bindings ?? []).map((binding) => ({
      port: Number(port),
      protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
      hostPort: Number(binding.HostPort ?? 0),
      address: binding.HostIp || '0.0.0.0',
    }));
  });
  return ports.sort(
    (a, b) => a.hostPort - b.hostPort || compare(a.protocol, b.protocol) || compare(a.address, b.address),
  );
}

/** Volumes that the engine makes for `VOLUME` lines of an image have 64 hex digits for a name and are no one's drift. */
function mountsOf(container: InspectedContainer, image: Image | undefined): ContainerSpec['mounts'] {
  return (container.Mounts ?? [])
    .filter((mount) => mount.Type !== 'tmpfs')
    .filter(
      (mount) =>
        !(
          mount.Destination !== undefined &&
          mount.Destination in (image?.Volumes ?? {}) &&
          /^[0-9a-f]{64}$/.test(mount.Name ?? '')
        ),
    )
    .map((mount) => ({
      volume: mount.Type === 'volume' ? (mount.Name ?? '') : (mount.Source ?? ''),
      path: mount.Destination ?? '',
      readOnly: mount.RW === false,
    }))
    .sort((a, b) => compare(a.path, b.path));
}

/** A container with more rights than all dropped plus those named reads as one that has `ALL`. */
function capabilitiesOf({ HostConfig: host }: InspectedContainer): readonly string[] {
  const added = (host.CapAdd ?? []).map((name) => name.replace(/^CAP_/, ''));
  const open = host.Privileged === true || !(host.CapDrop ?? []).includes('ALL');
  return [...new Set(open ? [...added, 'ALL'] : added)].sort();
}

export function healthOf(health: EngineHealth | null | undefined): ContainerHealth | undefined {
  const test = health?.Test ?? [];
  if (health === null || health === undefined || test.length === 0 || test[0] === 'NONE') return undefined;
  return {
    test,
    intervalMs: (health.Interval ?? 0) / 1e6,
    timeoutMs: (health.Timeout ?? 0) / 1e6,
    retries: health.Retries ?? 0,
    startMs: (health.StartPeriod ?? 0) / 1e6,
  };
}

function sameHealth(a: EngineHealth | null | undefined, b: EngineHealth | null | undefined): boolean {
  return JSON.stringify(healthOf(a) ?? null) === JSON.stringify(healthOf(b) ?? null);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function sortedRecord(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
