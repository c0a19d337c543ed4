/** What the compiler says of a pod against what the admission of a real API server says of it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { offencesOf, type PodJson } from '../../../compiler/kubernetes/pod-standards.ts';
import { isLaxer, levels } from '../../../compiler/kubernetes/security.ts';
import { apply, create } from './api.ts';
import { controlPlane } from './available.ts';
import { type RunningApiServer, startApiServer } from './start-api-server.ts';

let server: RunningApiServer;

beforeAll(async () => {
  server = await startApiServer();
  for (const level of levels) {
    const labels = { 'pod-security.kubernetes.io/enforce': level };
    await apply(server, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: level, labels } });
  }
});

afterAll(() => server?.stop());

type Json = Readonly<Record<string, unknown>>;

const safe = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const strict = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } };

/** A pod that every level lets in, with changes of the pod and of its container. */
function pod(spec: Json = {}, container: Json = {}, annotations?: Record<string, string>): PodJson {
  const own = { name: 'web', image: 'web:1', securityContext: safe, ...container };
  return {
    ...(annotations === undefined ? {} : { annotations }),
    spec: { securityContext: strict, ...spec, containers: [own] } as unknown as PodJson['spec'],
  };
}

const secured = (more: Json) => pod({}, { securityContext: { ...safe, ...more } });
const asPod = (more: Json) => pod({ securityContext: { ...strict, ...more } });
const capable = (...add: readonly string[]) => secured({ capabilities: { drop: ['ALL'], add } });
const volume = (source: Json) => pod({ volumes: [{ name: 'v', ...source }] });
const probe = { tcpSocket: { port: 80, host: '10.0.0.1' } };

it.each<readonly [string, PodJson]>([
  ['strict', pod()],
  ['privileged', secured({ privileged: true, allowPrivilegeEscalation: true })],
  ['may gain privileges', secured({ allowPrivilegeEscalation: true })],
  ['says nothing of privileges', pod({}, { securityContext: { capabilities: { drop: ['ALL'] } } })],
  ['no security context at all', pod({ securityContext: {} }, { securityContext: {} })],
  ['network of the node', pod({ hostNetwork: true })],
  ['processes of the node', pod({ hostPID: true })],
  ['memory of the node', pod({ hostIPC: true })],
  ['port of the node', pod({}, { ports: [{ containerPort: 80, hostPort: 80 }] })],
  ['ports of its own', pod({}, { ports: [{ containerPort: 80 }] })],
  ['low ports', capable('NET_BIND_SERVICE')],
  ['owner of files', capable('CHOWN')],
  ['raw sockets', capable('NET_RAW')],
  ['some of both', capable('CHOWN', 'SYS_TIME')],
  ['drops one', secured({ capabilities: { drop: ['NET_RAW'] } })],
  ['folder of the node', volume({ hostPath: { path: '/var/log' } })],
  ['server of files', volume({ nfs: { server: 'nas', path: '/' } })],
  ['empty folder', volume({ emptyDir: {} })],
  ['image as a volume', volume({ image: { reference: 'model:1' } })],
  ['claim', volume({ persistentVolumeClaim: { claimName: 'v' } })],
  ['root by the pod', asPod({ runAsUser: 0, runAsNonRoot: false })],
  ['root by the container', secured({ runAsUser: 0, runAsNonRoot: false })],
  ['perhaps root', asPod({ runAsNonRoot: undefined })],
  [
    'root in a namespace of users',
    pod({ hostUsers: false, securityContext: { seccompProfile: strict.seccompProfile } }),
  ],
  ['no seccomp by the pod', asPod({ seccompProfile: { type: 'Unconfined' } })],
  ['no seccomp by the container', secured({ seccompProfile: { type: 'Unconfined' } })],
  [
    'seccomp by the container alone',
    pod(
      { securityContext: { runAsNonRoot: true } },
      { securityContext: { ...safe, seccompProfile: { type: 'RuntimeDefault' } } },
    ),
  ],
  ['no AppArmor', secured({ appArmorProfile: { type: 'Unconfined' } })],
  [
    'no AppArmor by the old annotation',
    pod({}, {}, { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' }),
  ],
  ['SELinux type', secured({ seLinuxOptions: { type: 'spc_t' } })],
  ['SELinux type of engines', asPod({ seLinuxOptions: { type: 'container_engine_t' } })],
  ['SELinux role', asPod({ seLinuxOptions: { role: 'admin' } })],
  ['kernel setting of its own', asPod({ sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '4096 87380 1' }] })],
  ['kernel setting of all', asPod({ sysctls: [{ name: 'net.core.somaxconn', value: '1' }] })],
  ['unmasked /proc', pod({ hostUsers: false }, { securityContext: { ...safe, procMount: 'Unmasked' } })],
  ['probe of another host', pod({}, { readinessProbe: probe })],
  ['hook of another host', pod({}, { lifecycle: { postStart: { httpGet: { port: 80, host: 'example.org' } } } })],
  ['probe of its own', pod({}, { readinessProbe: { tcpSocket: { port: 80 } } })],
  [
    'first container',
    { spec: { ...pod().spec, initContainers: [{ name: 'first', image: 'first:1' }] } as unknown as PodJson['spec'] },
  ],
])('judges as the server does: %s', async (_, given) => {
  const minor = Number(/^v1\.(\d+)/.exec(controlPlane().version)?.[1]);
  const found = offencesOf(given, minor);
  for (const level of levels) {
    const { annotations, spec } = given;
    const metadata = { name: 'web', namespace: level, ...(annotations === undefined ? {} : { annotations }) };
    const object = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    const { status, body } = await create(server, object, { dryRun: true });
    const refused = status === 403 && String(body.message).includes('violates PodSecurity');
    if (!refused) expect([level, status, body.message]).toEqual([level, 201, undefined]);
    const ours = found.filter((offence) => isLaxer(offence.level, level)).map(({ reason }) => reason);
    expect({ level, refused: ours.length > 0, ours }, String(body.message)).toEqual({ level, refused, ours });
  }
});
