import type { Mount, Workload } from './platform.ts';

/** Where a secret is mounted when nothing else is said. */
export function secretPath(secret: string): string {
  return `/run/secrets/${secret}`;
}

/** Every secret that a workload mounts: its secret mounts, and those that only a `_FILE` variable names. Sorted by path. */
export function secretMounts(workload: Workload): readonly { readonly secret: string; readonly path: string }[] {
  const mounted = workload.mounts.filter(
    (mount): mount is Extract<Mount, { kind: 'secret' }> => mount.kind === 'secret',
  );
  const named = workload.environment
    .flatMap(({ value }) => (value.kind === 'secret-file' ? [value.secret] : []))
    .filter((secret, index, all) => all.indexOf(secret) === index && !mounted.some((mount) => mount.secret === secret))
    .map((secret) => ({ secret, path: secretPath(secret) }));
  return [...mounted.map(({ secret, path }) => ({ secret, path })), ...named].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

/** Path that a `_FILE` variable holds: the mount of that secret, wherever it is. */
export function pathOfSecret(workload: Workload, secret: string): string {
  return secretMounts(workload).find((mount) => mount.secret === secret)?.path ?? secretPath(secret);
}
