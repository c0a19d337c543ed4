import type { Need, Platform, Workload } from '../model/platform.ts';
import { waitImage } from '../model/wait-image.ts';
import { objectName } from './names.ts';
import type { Container } from './objects.ts';

/** `nobody` of that image. */
const waitUser = 65534;

/**
 * One init container for each need with a linked TCP port: it waits until the Service of the other workload takes
 * connections, which it does exactly while one of its pods is ready. The network policy of the link opens the way for
 * init containers too, as they share the pod's labels. Other needs have no gate; the pod is restarted until they are met.
 */
export function waitContainers(platform: Platform, workload: Workload): readonly Container[] {
  return workload.needs.flatMap((need) => {
    const link = linkOf(platform, workload, need);
    if (link === undefined) return [];
    const image = platform.cluster.waitImage ?? waitImage;
    return [waitContainer(image, objectName(platform, need.workload), need.workload, link.port)];
  });
}

function linkOf(platform: Platform, workload: Workload, need: Need) {
  return platform.links.find(
    ({ from, to, protocol }) => from === workload.id && to === need.workload && protocol === 'tcp',
  );
}

function waitContainer(image: string, service: string, need: string, port: number): Container {
  return {
    name: `wait-for-${need}`,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', `until nc -z -w 2 ${service} ${port}; do sleep 1; done`],
    resources: { requests: { cpu: '10m', memory: '8Mi' }, limits: { cpu: '100m', memory: '16Mi' } },
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
