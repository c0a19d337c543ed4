import type { ExpandContext } from '../../compiler/model/component.ts';
import type { Mount, Secret, Volume, Workload } from '../../compiler/model/platform.ts';
import { waitImage } from '../../compiler/model/wait-image.ts';
import { authorityTrust, trustFolder } from '../authority-trust.ts';

export const authorityFile = `${trustFolder}/ca.crt`;

export interface Trust {
  readonly mounts: readonly Mount[];
  readonly secrets: readonly Secret[];
  readonly volumes: readonly Volume[];
  readonly workloads: readonly Workload[];
}

/**
 * The certificate of an authority of the platform's own. GitLab is set up by root, who could read the keys of the hosts in
 * the volume of the ingress too, so on Docker a job takes the certificate out of it before GitLab starts.
 */
export function trustOf(context: ExpandContext): Trust {
  const { id, origin, host } = context;
  const trust = authorityTrust(context);
  if (trust === undefined) return { mounts: [], secrets: [], volumes: [], workloads: [] };
  if (trust.mount.kind === 'secret')
    return { mounts: [trust.mount], secrets: trust.secrets, volumes: [], workloads: [] };
  const own = trustId(id);
  const job: Workload = {
    id: own,
    origin,
    component: 'trust',
    host: host.id,
    image: waitImage,
    entrypoint: ['/bin/cp'],
    command: [authorityFile, '/trust/ca.crt'],
    job: { origin, at: { kind: 'once' }, timeoutMs: 60_000, retries: 3 },
    environment: [],
    ports: [],
    mounts: [{ kind: 'volume', volume: own, path: '/trust', readOnly: false }, trust.mount],
    needs: [{ workload: 'certificates', condition: 'healthy', origin }],
    limits: { cpus: 0.2, memoryBytes: 32 * 2 ** 20 },
    user: { uid: 0, gid: 0 },
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: false,
    stopGraceMs: 5_000,
  };
  return {
    mounts: [{ kind: 'volume', volume: own, path: trustFolder, readOnly: true }],
    secrets: [],
    volumes: [{ id: own, workload: id, origin, sizeBytes: 2 ** 20, backup: false }],
    workloads: [job],
  };
}

function trustId(id: string): string {
  return `${id}-trust`;
}
