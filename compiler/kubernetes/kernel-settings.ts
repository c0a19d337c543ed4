import type { Platform, Workload } from '../model/platform.ts';
import { minorOf } from './versions.ts';

/**
 * Kernel settings that every node lets a pod make, with the version that added them (the baseline level of
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/ and the default list of kubelets agree).
 */
const safeSince: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.tcp_wmem': 32,
};

/** Settings that each pod has for itself; all others are those of the node, and no pod can set them. */
const ownOfPod = /^(?:kernel\.(?:shm.*|msg.*|sem)|fs\.mqueue\..*|net\..*)$/;

type Setting = NonNullable<Workload['sysctls']>[number];

/** What becomes of each kernel setting: `rendered`, in a safe pod or not, or nothing. */
export interface KernelSettings {
  readonly safe: readonly Setting[];
  /** A node refuses the pod unless its kubelet allows them by name. */
  readonly unsafe: readonly Setting[];
  /** Left out. */
  readonly impossible: readonly Setting[];
}

export function kernelSettings({ cluster }: Platform, { sysctls = [], hostNetwork }: Workload): KernelSettings {
  const minor = minorOf(cluster.version);
  const isPossible = ({ name }: Setting) => ownOfPod.test(name) && !(hostNetwork === true && name.startsWith('net.'));
  const isSafe = ({ name }: Setting) => isSafeSetting(name, minor);
  const possible = sysctls.filter(isPossible);
  return {
    safe: possible.filter(isSafe),
    unsafe: possible.filter((setting) => !isSafe(setting)),
    impossible: sysctls.filter((setting) => !isPossible(setting)),
  };
}

/** Whether every node of this minor version lets a pod make a kernel setting. */
export function isSafeSetting(name: string, minor: number): boolean {
  return (safeSince[name] ?? Number.POSITIVE_INFINITY) <= minor;
}
