import type { ExpandContext, PartContext } from '../../compiler/model/component.ts';
import type { Config, Mount, Volume } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { bytesIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { ServiceSpec } from '../../schema/spec.ts';

/** The volumes of a service, each with the id `<service>-<key>`. */
export function volumesOf(spec: ServiceSpec, { id, origin }: PartContext): readonly Volume[] {
  return Object.entries(spec.volumes).map(([key, { size, external, hostPath, backup, readOnly }]) => ({
    id: `${id}-${key}`,
    workload: id,
    origin: pointerTo(origin, 'volumes', key),
    sizeBytes: bytesIn(size),
    ...(external === undefined ? {} : { external }),
    ...(hostPath === undefined ? {} : { hostPath }),
    // What it only reads of the host is not its own.
    ...(backup && !(readOnly && hostPath !== undefined) ? {} : { backup: false }),
  }));
}

/** Its configuration files. One whose content could not be read is left out: the compiler reported it already. */
export function configsOf(spec: ServiceSpec, { id, origin, files }: ExpandContext): readonly Config[] {
  return Object.entries(spec.configs).flatMap(([key, { text, file }]) => {
    const content = file === undefined ? text : files[file];
    if (content === undefined) return [];
    return [
      { id: configId(id, key), workload: id, origin: pointerTo(origin, 'configs', key), file: key, text: content },
    ];
  });
}

/** Ids are DNS labels, names of files are not. */
function configId(service: string, file: string): string {
  return `${service}-${file.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}`;
}

/** Everything that a service finds in its file system beside its image. */
export function mountsOf(spec: ServiceSpec, id: string): readonly Mount[] {
  const volumes = Object.entries(spec.volumes).map(
    ([key, { path, readOnly }]): Mount => ({ kind: 'volume', volume: `${id}-${key}`, path, readOnly }),
  );
  const configs = Object.entries(spec.configs).map(
    ([key, { path }]): Mount => ({ kind: 'config', config: configId(id, key), path }),
  );
  return [...volumes, ...configs, ...secretMountsOf(spec), ...memoryMounts(spec, [...volumes, ...configs])];
}

/** A secret that only a `_FILE` variable names is mounted as well, at its default path. */
function secretMountsOf(spec: ServiceSpec): readonly Mount[] {
  const listed = spec.secrets.map(
    ({ secret, path }): Mount => ({ kind: 'secret', secret, path: path ?? secretPath(secret) }),
  );
  const named = Object.entries(spec.environment).flatMap(([name, value]) =>
    name.endsWith('_FILE') && typeof value === 'object' ? [value.secret] : [],
  );
  const missing = [...new Set(named)].filter((secret) => !spec.secrets.some((mount) => mount.secret === secret));
  return [...listed, ...missing.map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) }))];
}

/** A read-only root leaves programs without a place for temporary files. */
function memoryMounts(spec: ServiceSpec, taken: readonly Mount[]): readonly Mount[] {
  const temporary = spec.readOnly && !spec.tmpfs.includes('/tmp') && !taken.some(({ path }) => path === '/tmp');
  return [
    ...spec.tmpfs.map((path): Mount => ({ kind: 'tmpfs', path })),
    ...(temporary ? [{ kind: 'tmpfs', path: '/tmp' } as const] : []),
    ...(spec.shm === undefined ? [] : [{ kind: 'tmpfs', path: '/dev/shm', sizeBytes: bytesIn(spec.shm) } as const]),
  ];
}
