import type { Platform, Workload } from '../model/platform.ts';
import type { Container, PodSpec } from './objects.ts';

/** Levels of the Pod Security Standards, strictest first. */
export type Level = 'restricted' | 'baseline' | 'privileged';

const levels: readonly Level[] = ['restricted', 'baseline', 'privileged'];

/** Capabilities that a baseline pod may add (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
const baselineCapabilities: readonly string[] = [
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

/** The strictest level that a workload's pods meet, and in words what keeps it from `restricted`. */
export function levelOf(workload: Workload): { readonly level: Level; readonly reason?: string } {
  const beyond = workload.capabilities.filter((capability) => !baselineCapabilities.includes(capability));
  if (beyond.length > 0) return { level: 'privileged', reason: `adds the capabilities ${beyond.join(', ')}` };
  const added = workload.capabilities.filter((capability) => capability !== 'NET_BIND_SERVICE');
  if (added.length > 0) return { level: 'baseline', reason: `adds the capabilities ${added.join(', ')}` };
  if (workload.user === undefined) return { level: 'baseline', reason: "runs as the image's own user" };
  if (workload.user.uid === 0) return { level: 'baseline', reason: 'runs as root' };
  return { level: 'restricted' };
}

/** The strictest level that all workloads meet: what the namespace enforces. */
export function namespaceLevel(platform: Platform): Level {
  const needed = platform.workloads.map((workload) => levels.indexOf(levelOf(workload).level));
  return levels[Math.max(0, ...needed)] ?? 'restricted';
}

/** Names the exception on the pod, where a reviewer looks for it; nothing for a restricted pod. */
export function levelAnnotations(workload: Workload): Record<string, string> {
  const { level, reason } = levelOf(workload);
  return reason === undefined ? {} : { 'autogit.dev/pod-security': `${level}: ${reason}` };
}

/** Volumes get the group of the user, so that a fresh claim is writable; only when they do not have it yet. */
export function podSecurity(workload: Workload): NonNullable<PodSpec['securityContext']> {
  const seccompProfile = { type: 'RuntimeDefault' };
  if (workload.user === undefined) return { seccompProfile };
  const { uid, gid } = workload.user;
  const ids = { runAsUser: uid, runAsGroup: gid, runAsNonRoot: uid !== 0 };
  return { ...ids, fsGroup: gid, fsGroupChangePolicy: 'OnRootMismatch', seccompProfile };
}

export function containerSecurity(workload: Workload): NonNullable<Container['securityContext']> {
  const added = [...workload.capabilities].sort();
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], ...(added.length === 0 ? {} : { add: added }) },
    readOnlyRootFilesystem: workload.readOnlyRoot,
  };
}
