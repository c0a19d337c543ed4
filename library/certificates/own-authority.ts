import type { ExpandContext, Fragment } from '../../compiler/model/component.ts';
import type { Workload } from '../../compiler/model/platform.ts';
import { ownVolume } from '../own-volume.ts';
import { authorityScript } from './authority-script.ts';

/** The user that the ingress runs as: the key of the hosts is readable for it alone. */
const user = { uid: 65532, gid: 65532 } as const;
const folders = { authority: '/var/lib/autogit/authority', served: '/var/lib/autogit/served' } as const;
const scriptPath = '/etc/autogit/start.sh';

/** Id of the volume with what the ingress serves. */
export function servedVolume(id: string): string {
  return `${id}-served`;
}

/** A container that keeps the key of the authority and one certificate for all hosts of the routes, renewed in time. */
export function authority(image: string, context: ExpandContext): Fragment {
  const { id, origin, facts, platform } = context;
  const hosts = [...new Set(facts.routes.map(({ hostname }) => hostname))];
  const text = authorityScript({ ...folders, name: platform.name, domain: platform.domain, hosts });
  const owned = ownVolumes(context);
  return {
    workloads: [workloadOf(image, context, owned), ...owned],
    configs: [{ id: `${id}-start`, workload: id, origin, file: 'start.sh', text }],
    ready: [id],
  };
}

/** One job for each volume, each under a name of its own. */
function ownVolumes(context: ExpandContext): readonly Workload[] {
  const { id } = context;
  return [`${id}-authority`, servedVolume(id)].flatMap((volume) =>
    ownVolume({ id: volume, ...user }, { ...context, id: volume }),
  );
}

function workloadOf(image: string, context: ExpandContext, owned: readonly Workload[]): Workload {
  const { id, origin, host } = context;
  return {
    id,
    origin,
    component: 'certificates',
    host: host.id,
    image,
    entrypoint: ['/bin/sh', scriptPath],
    command: [],
    environment: [],
    ports: [],
    mounts: [
      { kind: 'volume', volume: `${id}-authority`, path: folders.authority, readOnly: false },
      { kind: 'volume', volume: servedVolume(id), path: folders.served, readOnly: false },
      { kind: 'config', config: `${id}-start`, path: scriptPath },
      { kind: 'tmpfs', path: '/tmp' },
    ],
    health: {
      test: { kind: 'exec', command: ['/usr/bin/test', '-s', `${folders.served}/hosts.crt`] },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 60_000,
    },
    needs: owned.map(({ id: workload }) => ({ workload, condition: 'done', origin })),
    limits: { cpus: 0.2, memoryBytes: 64 * 2 ** 20 },
    user,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: true,
    stopGraceMs: 5_000,
  };
}
