import type { ComposeModel, ComposeService } from '../../compiler/model/compose-project.ts';
import { bytesOf, millisecondsOf } from '../../compiler/model/compose-units.ts';
import type { ContainerHealth, ContainerSpec, FilesUnit, GpuRequest, PublishedPort } from '../model/desired.ts';
import { compareText } from './digest.ts';

/**
 * What a container of `service` is made of. `files` are the files units of the service: each adds a read-only mount, so
 * that new content (a new volume name) changes the spec and with it the digest.
 */
export function containerSpec(
  model: ComposeModel,
  service: ComposeService,
  files: readonly FilesUnit[],
): ContainerSpec {
  const limits = service.deploy.resources.limits;
  return {
    image: service.image,
    ...(service.working_dir === undefined ? {} : { workingDirectory: service.working_dir }),
    ...(service.entrypoint === undefined ? {} : { entrypoint: service.entrypoint }),
    ...(service.command === undefined ? {} : { command: service.command }),
    environment: service.environment ?? {},
    networks: networksOf(model, service),
    ...(service.network_mode === undefined ? {} : { hostNetwork: true }),
    ...(service.extra_hosts === undefined ? {} : { extraHosts: service.extra_hosts }),
    ports: portsOf(service),
    mounts: mountsOf(model, service, files),
    tmpfs: tmpfsOf(service),
    ...(service.healthcheck === undefined ? {} : { health: healthOf(service.healthcheck) }),
    cpus: Number(limits.cpus),
    memoryBytes: byteCount(limits.memory),
    pids: limits.pids,
    ...(service.ulimits === undefined ? {} : { ulimits: service.ulimits }),
    ...(service.sysctls === undefined ? {} : { sysctls: service.sysctls }),
    ...(service.devices === undefined ? {} : { devices: [...service.devices].sort(compareText) }),
    ...gpusOf(service),
    ...(service.user === undefined ? {} : { user: service.user }),
    readOnlyRoot: service.read_only === true,
    capAdd: [...(service.cap_add ?? [])].sort(compareText),
    init: service.init,
    restart: service.restart,
    stopGraceMs: durationMs(service.stop_grace_period),
    ...(service.stop_signal === undefined ? {} : { stopSignal: service.stop_signal }),
    labels: service.labels,
  };
}

function networksOf(model: ComposeModel, service: ComposeService): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(service.networks)
      .map(([key, { aliases }]) => [model.networks[key]?.name ?? key, [...aliases].sort(compareText)] as const)
      .sort(([a], [b]) => compareText(a, b)),
  );
}

function gpusOf({ deploy }: ComposeService): { readonly gpus?: readonly GpuRequest[] } {
  const devices = deploy.resources.reservations?.devices ?? [];
  if (devices.length === 0) return {};
  return {
    gpus: devices.map(({ driver, device_ids: ids, count }) => ({
      driver,
      ...(ids === undefined ? {} : { ids }),
      ...(count === undefined ? {} : { count }),
    })),
  };
}

function portsOf(service: ComposeService): readonly PublishedPort[] {
  return (service.ports ?? [])
    .map((port) => ({
      port: port.target,
      protocol: port.protocol,
      hostPort: Number(port.published),
      address: port.host_ip ?? '0.0.0.0',
    }))
    .sort(
      (a, b) => a.hostPort - b.hostPort || compareText(a.protocol, b.protocol) || compareText(a.address, b.address),
    );
}

function mountsOf(model: ComposeModel, service: ComposeService, files: readonly FilesUnit[]): ContainerSpec['mounts'] {
  const volumes = (service.volumes ?? []).map((volume) => ({
    volume: model.volumes[volume.source]?.name ?? volume.source,
    path: volume.target,
    readOnly: volume.read_only === true,
  }));
  const filled = files.map((unit) => ({ volume: unit.name, path: unit.directory, readOnly: true }));
  return [...volumes, ...filled].sort((a, b) => compareText(a.path, b.path));
}

/** Compose writes `path` or `path:options`. */
function tmpfsOf(service: ComposeService): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (service.tmpfs ?? [])
      .map((entry) => {
        const colon = entry.indexOf(':');
        return colon < 0 ? ([entry, ''] as const) : ([entry.slice(0, colon), entry.slice(colon + 1)] as const);
      })
      .sort(([a], [b]) => compareText(a, b)),
  );
}

function healthOf(check: NonNullable<ComposeService['healthcheck']>): ContainerHealth {
  return {
    test: check.test,
    intervalMs: durationMs(check.interval),
    timeoutMs: durationMs(check.timeout),
    retries: check.retries,
    startMs: durationMs(check.start_period),
  };
}

/** The compiler wrote these texts, so one that cannot be read back is a bug. Throws TypeError then. */
export function durationMs(text: string): number {
  const ms = millisecondsOf(text);
  if (ms === undefined) throw new TypeError(`not a Compose duration: ${JSON.stringify(text)}`);
  return ms;
}

function byteCount(text: string): number {
  const bytes = bytesOf(text);
  if (bytes === undefined) throw new TypeError(`not a Compose size: ${JSON.stringify(text)}`);
  return bytes;
}
