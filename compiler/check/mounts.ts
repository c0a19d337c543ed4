import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Mount, Platform, Workload } from '../model/platform.ts';
import { repeated } from './repeated.ts';

/** Folders that belong to the kernel or to the engine, for each kind of mount. Below /dev memory may be mounted: /dev/shm. */
const reserved: Readonly<Record<Mount['kind'], readonly string[]>> = {
  volume: ['/proc', '/sys', '/dev', '/run/secrets'],
  tmpfs: ['/proc', '/sys', '/run/secrets'],
  config: ['/proc', '/sys'],
  secret: ['/proc', '/sys'],
};

const things: Readonly<Record<Mount['kind'], string>> = {
  volume: 'a volume',
  tmpfs: 'a folder in memory',
  config: 'a config file',
  secret: 'a secret',
};

/** Two mounts at one path hide each other; below a file is no place; a mount over a folder of the kernel breaks the container. */
export function checkMounts({ workloads, volumes, configs }: Platform): readonly Finding[] {
  const origins = new Map([...volumes, ...configs].map(({ id, origin }) => [id, origin]));
  return workloads.flatMap((workload) => {
    const placeOf = (mount: Mount): Pointer =>
      origins.get(mount.kind === 'volume' ? mount.volume : mount.kind === 'config' ? mount.config : '') ??
      workload.origin;
    const same = repeated(workload.mounts, ({ path }) => path).map(
      ({ node, first }): Finding => ({
        code: 'AG405',
        pointer: placeOf(node),
        message: `'${workload.id}' has two mounts at ${node.path}`,
        hint: 'give one of them another path',
        related: [{ pointer: placeOf(first), message: `the other one is a ${first.kind}` }],
      }),
    );
    return [...same, ...belowFiles(workload, placeOf), ...reservedPaths(workload, placeOf)];
  });
}

function belowFiles({ id, mounts }: Workload, placeOf: (mount: Mount) => Pointer): readonly Finding[] {
  const files = mounts.filter(({ kind }) => kind === 'config' || kind === 'secret');
  if (files.length === 0) return [];
  return mounts.flatMap((mount) => {
    const file = files.find(({ path }) => mount.path.startsWith(`${path}/`));
    if (file === undefined) return [];
    return [
      {
        code: 'AG405',
        pointer: placeOf(mount),
        message: `'${id}' has ${things[mount.kind]} at ${mount.path}, below ${file.path}, which is a file`,
        hint: 'give one of them another path',
        related: [{ pointer: placeOf(file), message: `${things[file.kind]} lies at ${file.path}` }],
      },
    ];
  });
}

function reservedPaths({ id, mounts }: Workload, placeOf: (mount: Mount) => Pointer): readonly Finding[] {
  return mounts.flatMap((mount) => {
    const isOver = (each: string) => mount.path === each || mount.path.startsWith(`${each}/`);
    const folder = reserved[mount.kind].find(isOver) ?? (mount.path === '/dev' ? '/dev' : undefined);
    if (folder === undefined) return [];
    return [
      {
        code: 'AG405',
        pointer: placeOf(mount),
        message: `'${id}' would put ${things[mount.kind]} over ${folder}, which the engine fills`,
        hint: 'mount it at another path',
      },
    ];
  });
}
