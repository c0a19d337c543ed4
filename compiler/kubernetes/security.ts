import type { Platform, Volume, Workload } from '../model/platform.ts';
import { kernelSettings } from './kernel-settings.ts';
import type { Container, PodSecurityContext } from './objects.ts';
import { hasMinor } from './versions.ts';

/** Levels of the Pod Security Standards, strictest first. */
export type Level = 'restricted' | 'baseline' | 'privileged';

export const levels: readonly Level[] = ['restricted', 'baseline', 'privileged'];

/** Capabilities that a baseline pod may add (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
export const baselineCapabilities: readonly string[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** One thing of a workload that a stricter level forbids. */
export interface Obstacle {
  /** The strictest level that allows it. */
  readonly level: Exclude<Level, 'restricted'>;
  /** `runs as root`: follows the name of the workload. */
  readonly reason: string;
  /** Key of the service that says so; absent when it is what the file does not say. */
  readonly key?: string;
  readonly remedy: string;
}

/** Everything that keeps a workload's pods from the level `restricted`, the worst first. */
export function obstacles(platform: Platform, workload: Workload): readonly Obstacle[] {
  return [
    ...hostObstacles(platform, workload),
    ...settingObstacles(platform, workload),
    ...capabilityObstacles(workload),
    ...userObstacles(workload),
  ];
}

function hostObstacles({ volumes }: Platform, { hostNetwork, mounts }: Workload): readonly Obstacle[] {
  const mounted = new Set(mounts.flatMap((mount) => (mount.kind === 'volume' ? [mount.volume] : [])));
  const folders = volumes.filter((volume: Volume) => volume.hostPath !== undefined && mounted.has(volume.id));
  return [
    ...(hostNetwork === true
      ? [obstacle('privileged', 'uses the network of its node', 'publish its ports instead', 'hostNetwork')]
      : []),
    ...folders.map(({ hostPath }) =>
      obstacle('privileged', `mounts the folder ${hostPath} of its node`, 'keep the data in a volume', 'volumes'),
    ),
  ];
}

function settingObstacles(platform: Platform, workload: Workload): readonly Obstacle[] {
  const { unsafe } = kernelSettings(platform, workload);
  if (unsafe.length === 0) return [];
  const names = unsafe.map(({ name }) => name).join(', ');
  return [obstacle('privileged', `sets ${names}`, 'set it on the nodes', 'sysctls')];
}

function capabilityObstacles({ capabilities }: Workload): readonly Obstacle[] {
  const beyond = capabilities.filter((capability) => !baselineCapabilities.includes(capability));
  const harmless = capabilities.filter(
    (capability) => capability !== 'NET_BIND_SERVICE' && baselineCapabilities.includes(capability),
  );
  const added = (level: Obstacle['level'], names: readonly string[]) =>
    names.length === 0
      ? []
      : [obstacle(level, `adds the capabilities ${names.join(', ')}`, 'do without them', 'capabilities')];
  return [...added('privileged', beyond), ...added('baseline', harmless)];
}

function userObstacles({ user }: Workload): readonly Obstacle[] {
  const remedy = 'set `user` to a numeric one that is not 0';
  if (user === undefined) return [obstacle('baseline', "runs as the image's own user", remedy)];
  return user.uid === 0 ? [obstacle('baseline', 'runs as root', remedy, 'user')] : [];
}

function obstacle(level: Obstacle['level'], reason: string, remedy: string, key?: string): Obstacle {
  return { level, reason, remedy, ...(key === undefined ? {} : { key }) };
}

/** Whether pods of one level are refused where another one is enforced. */
export function isLaxer(level: Level, enforced: Level): boolean {
  return levels.indexOf(level) > levels.indexOf(enforced);
}

/** The strictest level that a workload's pods meet. */
export function levelOf(platform: Platform, workload: Workload): Level {
  return laxest(obstacles(platform, workload).map(({ level }) => level));
}

/** The strictest level that the pods of all workloads meet. */
export function neededLevel(platform: Platform): Level {
  const fromHost = platform.volumes.filter(({ hostPath }) => hostPath !== undefined);
  const few = { ...platform, volumes: fromHost };
  return laxest(platform.workloads.map((workload) => levelOf(few, workload)));
}

function laxest(found: readonly Level[]): Level {
  return levels[Math.max(0, ...found.map((level) => levels.indexOf(level)))] ?? 'restricted';
}

/** Names the exception on the pod, where a reviewer looks for it; nothing for a restricted pod. */
export function levelAnnotations(platform: Platform, workload: Workload): Record<string, string> {
  const [worst] = obstacles(platform, workload);
  return worst === undefined ? {} : { 'autogit.dev/pod-security': `${worst.level}: ${worst.reason}` };
}

/**
 * Volumes get the group of the user, so that a fresh claim is writable; only when they do not have it yet. With a user
 * of the file, groups that the image gives that user do not count, as on Docker; since 1.36, the first version whose
 * nodes all know the field (older container runtimes refuse the pod).
 */
export function podSecurity(platform: Platform, workload: Workload): PodSecurityContext {
  const { safe, unsafe } = kernelSettings(platform, workload);
  const sysctls = [...safe, ...unsafe].sort((a, b) => (a.name < b.name ? -1 : 1));
  const common = { seccompProfile: { type: 'RuntimeDefault' }, ...(sysctls.length === 0 ? {} : { sysctls }) };
  if (workload.user === undefined) return common;
  const { uid, gid } = workload.user;
  const strict = hasMinor(platform, 36) && workload.gpu === undefined;
  return {
    ...common,
    runAsUser: uid,
    runAsGroup: gid,
    runAsNonRoot: uid !== 0,
    fsGroup: gid,
    fsGroupChangePolicy: 'OnRootMismatch',
    ...(strict ? { supplementalGroupsPolicy: 'Strict' } : {}),
  };
}

export function containerSecurity(workload: Workload): NonNullable<Container['securityContext']> {
  const added = [...workload.capabilities].sort();
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], ...(added.length === 0 ? {} : { add: added }) },
    readOnlyRootFilesystem: workload.readOnlyRoot,
  };
}
