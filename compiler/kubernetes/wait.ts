import type { Need, Platform, Workload } from '../model/platform.ts';
import { jobWaitImage, waitImage, waitsForJob } from '../model/wait-image.ts';
import { objectName } from './names.ts';
import type { Container, PodVolume } from './objects.ts';

/** `nobody` of both images. */
const waitUser = 65534;
const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const tokenVolume = 'api-token';

/** Init containers that wait for what a workload needs, and the volumes that they alone mount. */
export interface Gates {
  readonly containers: readonly Container[];
  readonly volumes: readonly PodVolume[];
}

/**
 * One init container for each need that has a sign which can be waited for. Needs without one have no gate; the pod is
 * restarted until they are met.
 *
 * A linked TCP port: the Service of the other workload takes connections exactly while one of its pods is ready. The
 * network policy of the link opens the way for init containers too, as they share the pod's labels. A job: the API alone
 * says that it ended well, so the init container gets a token which may read that job and nothing else.
 */
export function gatesOf(platform: Platform, workload: Workload): Gates {
  const jobs = jobsAwaited(platform, workload);
  const containers = workload.needs.flatMap((need) => {
    if (jobs.includes(need.workload)) return [jobContainer(platform, need.workload)];
    const port = portAwaited(platform, workload, need);
    return port === undefined ? [] : [portContainer(platform, need.workload, port)];
  });
  return { containers, volumes: jobs.length === 0 ? [] : [tokenOf()] };
}

/** Ids of the jobs whose end a workload waits for. */
export function jobsAwaited(platform: Platform, { needs }: Workload): readonly string[] {
  const target = (need: Need) => platform.workloads.find(({ id }) => id === need.workload);
  return needs.filter((need) => waitsForJob(need, target(need))).map(({ workload }) => workload);
}

/**
 * The port that tells that a need is met. One that has to be started only, and has a health check, is not waited for:
 * its port would answer when it is healthy, which may be later, or never before the one that waits.
 */
export function portAwaited(platform: Platform, workload: Workload, need: Need): number | undefined {
  const to = platform.workloads.find(({ id }) => id === need.workload);
  if (need.condition === 'started' && to?.health !== undefined) return undefined;
  return platform.links.find(
    ({ from, to, protocol }) => from === workload.id && to === need.workload && protocol === 'tcp',
  )?.port;
}

function portContainer(platform: Platform, need: string, port: number): Container {
  return {
    ...container(need, platform.cluster.waitImage ?? waitImage),
    command: ['sh', '-c', `until nc -z -w 2 ${objectName(platform, need)} ${port}; do sleep 1; done`],
    resources: { requests: { cpu: '10m', memory: '8Mi' }, limits: { cpu: '100m', memory: '16Mi' } },
  };
}

/** Less than zero means a week; then the pod tries anew. */
function jobContainer(platform: Platform, need: string): Container {
  const wait = ['wait', '--for=create', '--for=condition=complete', '--timeout=-1s'];
  return {
    ...container(need, platform.cluster.jobWaitImage ?? jobWaitImage),
    args: [...wait, `--namespace=${platform.cluster.namespace}`, `job/${objectName(platform, need)}`],
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
    volumeMounts: [{ name: tokenVolume, mountPath: tokenFolder, readOnly: true }],
  };
}

function container(need: string, image: string): Container {
  return {
    name: `wait-for-${need}`,
    image,
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: waitUser,
      runAsGroup: waitUser,
    },
  };
}

/** What Kubernetes itself would mount into every container of the pod, for this one alone, as far as `kubectl` reads it. */
function tokenOf(): PodVolume {
  return {
    name: tokenVolume,
    projected: {
      defaultMode: 0o444,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      ],
    },
  };
}
