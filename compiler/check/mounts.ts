import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Mount, Platform, Workload } from '../model/platform.ts';
import { repeated } from './repeated.ts';

/** Folders that belong to the kernel or to the engine. */
const reserved: readonly string[] = ['/proc', '/sys', '/dev', '/run/secrets'];

/** Two mounts at one path hide each other; a volume over a folder of the kernel breaks the container. */
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
    return [...same, ...reservedPaths(workload, placeOf)];
  });
}

function reservedPaths({ id, mounts }: Workload, placeOf: (mount: Mount) => Pointer): readonly Finding[] {
  return mounts.flatMap((mount) => {
    if (mount.kind !== 'volume') return [];
    const folder = reserved.find((each) => mount.path === each || mount.path.startsWith(`${each}/`));
    if (folder === undefined) return [];
    return [
      {
        code: 'AG405',
        pointer: placeOf(mount),
        message: `'${id}' would put a volume over ${folder}, which the engine fills`,
        hint: 'mount it at another path',
      },
    ];
  });
}
