import { shortImage } from '../../compiler/model/image-reference.ts';
import type { ContainerSpec } from '../model/desired.ts';
import type { ObservedContainer } from '../model/snapshot.ts';
import { canonicalJson, compareText } from './digest.ts';

type Actual = ObservedContainer['actual'];

/** One difference between what runs and what is asked for, in words without values of the environment. */
export interface FieldChange {
  readonly field: keyof Actual;
  readonly text: string;
}

/** Every field of a container that is compared, in the order in which people want to read about them. */
const comparers: {
  readonly [Field in keyof Required<Actual>]: (actual: Actual, spec: ContainerSpec) => readonly string[];
} = {
  image: (actual, spec) => {
    if (actual.image === undefined || actual.image === spec.image) return [];
    return [`image ${imageChange(actual.image, spec.image)}`];
  },
  workingDirectory: (actual, spec) => optional('working directory', actual.workingDirectory, spec.workingDirectory),
  entrypoint: (actual, spec) => optional('entrypoint', actual.entrypoint, spec.entrypoint),
  command: (actual, spec) => optional('command', actual.command, spec.command),
  environment: (actual, spec) => environmentChanges(actual.environment, spec.environment),
  ports: (actual, spec) => listed('port', actual.ports?.map(portText), spec.ports.map(portText)),
  networks: (actual, spec) =>
    listed('network', actual.networks && Object.keys(actual.networks), Object.keys(spec.networks)),
  hostNetwork: (actual, spec) =>
    scalar('network of the host', actual.hostNetwork, spec.hostNetwork ?? false, (is) => (is ? 'used' : 'not used')),
  extraHosts: (actual, spec) => required('fixed addresses', actual.extraHosts, spec.extraHosts ?? {}),
  mounts: (actual, spec) => mountChanges(actual.mounts, spec.mounts),
  tmpfs: (actual, spec) => required('tmpfs', actual.tmpfs, spec.tmpfs),
  health: (actual, spec) => optional('health check', actual.health, spec.health),
  cpus: (actual, spec) => scalar('cpus', actual.cpus, spec.cpus, String),
  memoryBytes: (actual, spec) => scalar('memory', actual.memoryBytes, spec.memoryBytes, sizeText),
  pids: (actual, spec) => scalar('process limit', actual.pids, spec.pids, String),
  ulimits: (actual, spec) => required('limits of resources', actual.ulimits, spec.ulimits ?? {}),
  sysctls: (actual, spec) => required('kernel settings', actual.sysctls, spec.sysctls ?? {}),
  devices: (actual, spec) => listed('device', actual.devices, spec.devices ?? []),
  gpus: (actual, spec) => listed('GPU request', actual.gpus?.map(gpuText), (spec.gpus ?? []).map(gpuText)),
  user: (actual, spec) =>
    actual.user === undefined ? [] : scalar('user', actual.user, spec.user ?? 'of the image', String),
  readOnlyRoot: (actual, spec) => scalar('read-only root', actual.readOnlyRoot, spec.readOnlyRoot, String),
  capAdd: (actual, spec) => listed('capability', actual.capAdd, spec.capAdd),
  init: (actual, spec) => scalar('init process', actual.init, spec.init, String),
  restart: (actual, spec) => scalar('restart policy', actual.restart, spec.restart, String),
  stopGraceMs: (actual, spec) => scalar('stop time', actual.stopGraceMs, spec.stopGraceMs, (ms) => `${ms / 1000}s`),
  stopSignal: (actual, spec) =>
    actual.stopSignal === undefined
      ? []
      : scalar('stop signal', actual.stopSignal, spec.stopSignal ?? 'of the image', String),
};

/** How `actual` differs from `spec`. A field that the engine could not tell is no difference. */
export function changedFields(actual: Actual, spec: ContainerSpec): readonly FieldChange[] {
  return (Object.keys(comparers) as (keyof Actual)[]).flatMap((field) =>
    comparers[field](actual, spec).map((text) => ({ field, text })),
  );
}

/** `3.1 → 3.2` when only tag or digest differ, else both names. */
function imageChange(before: string, after: string): string {
  const [old, fresh] = [shortImage(before), shortImage(after)];
  const name = old.replace(/(?::[^:/@]+)?(?:@.*)?$/, '');
  const isSame = [old, fresh].every((image) => image.startsWith(`${name}:`) || image.startsWith(`${name}@`));
  return isSame ? `${old.slice(name.length + 1)} → ${fresh.slice(name.length + 1)}` : `${old} → ${fresh}`;
}

function required(name: string, before: unknown, after: unknown): readonly string[] {
  return before === undefined || canonicalJson(before) === canonicalJson(after) ? [] : [`${name} changed`];
}

/** Absent in the file means "as the image says"; the engine tells such a field only when it is otherwise. */
function optional(name: string, before: unknown, after: unknown): readonly string[] {
  if (before === undefined) return [];
  return after === undefined ? [`${name} is not that of the image`] : required(name, before, after);
}

function scalar<T>(name: string, before: T | undefined, after: T, text: (value: T) => string): readonly string[] {
  return before === undefined || before === after ? [] : [`${name} ${text(before)} → ${text(after)}`];
}

function listed(name: string, before: readonly string[] | undefined, after: readonly string[]): readonly string[] {
  if (before === undefined) return [];
  const added = after.filter((item) => !before.includes(item)).sort(compareText);
  const gone = before.filter((item) => !after.includes(item)).sort(compareText);
  return [...gone.map((item) => `${name} ${item} removed`), ...added.map((item) => `${name} ${item} added`)];
}

/** Names only: a value may be private, and one that comes from a secret is. */
function environmentChanges(before: Actual['environment'], after: ContainerSpec['environment']): readonly string[] {
  if (before === undefined) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText);
  return names.flatMap((name) => {
    if (!(name in before)) return [`environment ${name} added`];
    if (!(name in after)) return [`environment ${name} removed`];
    const isSame = canonicalJson(before[name]) === canonicalJson(after[name]);
    return isSame ? [] : [`environment ${name} changed`];
  });
}

/** A files volume has its content in its name, so another name at the same place is another content. */
function mountChanges(before: Actual['mounts'], after: ContainerSpec['mounts']): readonly string[] {
  const isRefilled = (mount: ContainerSpec['mounts'][number], others: ContainerSpec['mounts']) =>
    mount.readOnly &&
    others.some((other) => other.readOnly && other.path === mount.path && other.volume !== mount.volume);
  if (before === undefined) return [];
  const refilled = after.filter((mount) => isRefilled(mount, before)).map(({ path }) => `files in ${path} changed`);
  const rest = (list: ContainerSpec['mounts'], others: ContainerSpec['mounts']) =>
    list.filter((mount) => !isRefilled(mount, others)).map(mountText);
  return [...refilled, ...listed('mount', rest(before, after), rest(after, before))];
}

function portText(port: ContainerSpec['ports'][number]): string {
  const address = port.address === '0.0.0.0' ? '' : `${port.address}:`;
  return `${address}${port.hostPort}→${port.port}/${port.protocol}`;
}

function gpuText({ driver, ids, count }: NonNullable<ContainerSpec['gpus']>[number]): string {
  return `${driver} ${ids === undefined ? `× ${count ?? 'all'}` : ids.join(' ')}`;
}

function mountText(mount: ContainerSpec['mounts'][number]): string {
  return `${mount.volume} at ${mount.path}${mount.readOnly ? ' (read-only)' : ''}`;
}

function sizeText(bytes: number): string {
  return bytes % 1024 ** 3 === 0 ? `${bytes / 1024 ** 3}Gi` : `${Math.round(bytes / 1024 ** 2)}Mi`;
}
