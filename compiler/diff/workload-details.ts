import type { EnvironmentVariable, Health, Job, Mount, Port, Workload } from '../model/platform.ts';
import { sizeText } from '../model/quantities.ts';
import { durationText } from './gap.ts';
import { imageText } from './images.ts';
import { isSame, pairs } from './pairs.ts';

type Describe = (before: Workload, after: Workload) => readonly string[];

/**
 * What is different between two states of a workload, each in a few words. Values of environment variables are left out:
 * a review needs their names, the rendered files have the rest. Ports that are open to the outside, routes and links are
 * changes of their own.
 */
export function workloadDetails(before: Workload, after: Workload): readonly string[] {
  return describers.flatMap((describe) => describe(before, after));
}

const describers: readonly Describe[] = [
  text('component', ({ component }) => component),
  ({ image: a }, { image: b }) => (a === b ? [] : [imageText(a, b)]),
  text('host', ({ host }) => host),
  said('command', ({ command, entrypoint }) => [entrypoint, command]),
  text('working directory', ({ workingDirectory }) => workingDirectory),
  said('build', ({ build }) => build),
  (a, b) => variables(a.environment, b.environment),
  (a, b) => ports(a.ports, b.ports),
  (a, b) => mounts(a.mounts, b.mounts),
  text('CPUs', ({ limits }) => limits.cpus),
  text('memory', ({ limits }) => sizeText(limits.memoryBytes)),
  text('copies', ({ replicas = 1 }) => replicas),
  text('GPUs', ({ gpu }) => (gpu === undefined ? 'none' : `${gpu.count} ${gpu.vendor}`)),
  (a, b) => health(a.health, b.health),
  text('time to stop', ({ stopGraceMs }) => durationText(stopGraceMs)),
  text('stop signal', ({ stopSignal }) => stopSignal),
  (a, b) => job(a.job, b.job),
  text('user', ({ user }) => (user === undefined ? "the image's own" : `${user.uid}:${user.gid}`)),
  said('waits for', ({ needs }) => needs.map(({ workload, condition }) => [workload, condition])),
  said('names', ({ aliases }) => aliases),
  said('fixed addresses', ({ extraHosts }) => extraHosts),
  said('resource limits', ({ ulimits }) => ulimits),
  said('kernel settings', ({ sysctls }) => sysctls),
];

function text(name: string, of: (workload: Workload) => string | number | undefined): Describe {
  return (before, after) => {
    const [a, b] = [of(before) ?? 'default', of(after) ?? 'default'];
    return a === b ? [] : [`${name} ${a} → ${b}`];
  };
}

function said(name: string, of: (workload: Workload) => unknown): Describe {
  return (before, after) => (isSame(of(before), of(after)) ? [] : [`${name} changed`]);
}

function variables(before: readonly EnvironmentVariable[], after: readonly EnvironmentVariable[]): readonly string[] {
  return pairs(before, after, ({ name }) => name).flatMap(({ key, before: a, after: b }) => {
    if (a === undefined) return [`variable ${key} added`];
    if (b === undefined) return [`variable ${key} removed`];
    return isSame(a.value, b.value) ? [] : [`variable ${key} changed`];
  });
}

function ports(before: readonly Port[], after: readonly Port[]): readonly string[] {
  return pairs(before, after, ({ name }) => name).flatMap(({ key, before: a, after: b }) => {
    if (a === undefined) return [`port ${key} ${b?.port} added`];
    if (b === undefined) return [`port ${key} ${a.port} removed`];
    return a.port === b.port && a.protocol === b.protocol ? [] : [`port ${key} ${portOf(a)} → ${portOf(b)}`];
  });
}

function portOf({ port, protocol }: Port): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
}

function mounts(before: readonly Mount[], after: readonly Mount[]): readonly string[] {
  return pairs(before, after, nameOf).flatMap(({ key, before: a, after: b }) => {
    if (a === undefined) return [`${key} mounted at ${b?.path}`];
    if (b === undefined) return [`${key} no longer mounted`];
    if (a.path !== b.path) return [`${key} mounted at ${b.path} instead of ${a.path}`];
    return isSame(a, b) ? [] : [`${key} mounted in another way`];
  });
}

function nameOf(mount: Mount): string {
  switch (mount.kind) {
    case 'volume':
      return `volume ${mount.volume}`;
    case 'config':
      return `file ${mount.config}`;
    case 'secret':
      return `secret ${mount.secret}`;
    case 'tmpfs':
      return `memory at ${mount.path}`;
  }
}

function health(before: Health | undefined, after: Health | undefined): readonly string[] {
  if (isSame(before, after)) return [];
  if (before === undefined) return ['health check added'];
  return [after === undefined ? 'health check removed' : 'health check changed'];
}

function job(before: Job | undefined, after: Job | undefined): readonly string[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return ['is a job now, which ends'];
  if (after === undefined) return ['is no job any more and runs on'];
  const [a, b] = [timesOf(before), timesOf(after)];
  const rest = before.timeoutMs === after.timeoutMs && before.retries === after.retries;
  return [...(a === b ? [] : [`runs ${a} → ${b}`]), ...(rest ? [] : ['time or tries of a run changed'])];
}

function timesOf({ at }: Job): string {
  return at.kind === 'once' ? 'once' : `at ${at.fields} (${at.timezone})`;
}
