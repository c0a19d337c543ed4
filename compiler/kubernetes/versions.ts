import type { Platform } from '../model/platform.ts';

/** `1.28` → 28. Kubernetes has had one major version. */
export function minorOf(version: string): number {
  return Number(version.slice('1.'.length));
}

/** Whether every cluster that the output has to run on has what came with this minor version. */
export function hasMinor({ cluster }: Platform, minor: number): boolean {
  return minorOf(cluster.version) >= minor;
}
