import { isSafeSetting } from './kernel-settings.ts';
import { baselineCapabilities, type Obstacle } from './security.ts';

/** What of a pod template the Pod Security Standards look at; the strict schema vouches for the types. */
export interface PodJson {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: PodSpecJson;
}

interface PodSpecJson {
  readonly containers?: readonly ContainerJson[];
  readonly initContainers?: readonly ContainerJson[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly securityContext?: SecurityJson & { readonly sysctls?: readonly { readonly name: string }[] };
  readonly volumes?: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
}

interface SecurityJson {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
  readonly appArmorProfile?: { readonly type: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

type Probe = { readonly httpGet?: { readonly host?: string }; readonly tcpSocket?: { readonly host?: string } };

interface ContainerJson {
  readonly name: string;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly securityContext?: SecurityJson;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: { readonly postStart?: Probe; readonly preStop?: Probe };
}

/** Something of a pod that a stricter level forbids: `level` is the strictest that allows it. */
export type Offence = Pick<Obstacle, 'level' | 'reason'>;

/**
 * Everything of a pod that a level of the Pod Security Standards forbids, as an API server judges it
 * (k8s.io/pod-security-admission, policy/check_*.go). What depends on the version is judged by the oldest one that the
 * output has to run on, and what only newer ones forbid is forbidden.
 */
export function offencesOf(pod: PodJson, minor: number): readonly Offence[] {
  const { containers = [], initContainers = [] } = pod.spec;
  // In a user namespace root is nobody, which counts since 1.35.
  const nobody = pod.spec.hostUsers === false && minor >= 35;
  return [
    ...ofHost(pod.spec),
    ...ofProfiles(pod, minor),
    ...settings(pod.spec, minor),
    ...volumeKinds(pod.spec),
    ...[...initContainers, ...containers].flatMap((each) => [
      ...ofContainer(each, minor, nobody),
      ...ofUser(pod.spec, each, nobody),
    ]),
    ...(!nobody && pod.spec.securityContext?.runAsUser === 0 ? [restricted('the pod runs as root')] : []),
  ];
}

const privileged = (reason: string): Offence => ({ level: 'privileged', reason });
const restricted = (reason: string): Offence => ({ level: 'baseline', reason });

function ofHost(spec: PodSpecJson): readonly Offence[] {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((key) => spec[key] === true);
  const process = spec.securityContext?.windowsOptions?.hostProcess === true ? ['hostProcess'] : [];
  return [...shared, ...process].map((key) => privileged(`the pod sets ${key}`));
}

/** Profiles of the pod as a whole; those of a container are looked at with it. */
function ofProfiles({ annotations = {}, spec }: PodJson, minor: number): readonly Offence[] {
  const old = Object.entries(annotations).flatMap(([key, value]) =>
    key.startsWith('container.apparmor.security.beta.kubernetes.io/') &&
    !(value === '' || value === 'runtime/default' || value.startsWith('localhost/'))
      ? [privileged(`the pod has the AppArmor profile ${value}`)]
      : [],
  );
  return [...old, ...profiles(spec.securityContext ?? {}, 'the pod ', minor)];
}

const confined: readonly string[] = ['RuntimeDefault', 'Localhost'];
const labels: readonly string[] = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

function profiles(security: SecurityJson, whose: string, minor: number): readonly Offence[] {
  const { appArmorProfile, seccompProfile, seLinuxOptions: { type = '', user = '', role = '' } = {} } = security;
  const isKnown = labels.includes(type) || (type === 'container_engine_t' && minor >= 31);
  return [
    ...(appArmorProfile === undefined || confined.includes(appArmorProfile.type)
      ? []
      : [privileged(`${whose}has the AppArmor profile ${appArmorProfile.type}`)]),
    ...(seccompProfile === undefined || confined.includes(seccompProfile.type)
      ? []
      : [privileged(`${whose}has the seccomp profile ${seccompProfile.type}`)]),
    ...(isKnown && user === '' && role === '' ? [] : [privileged(`${whose}sets SELinux options`)]),
  ];
}

function settings({ securityContext }: PodSpecJson, minor: number): readonly Offence[] {
  const unsafe = (securityContext?.sysctls ?? []).filter(({ name }) => !isSafeSetting(name, minor));
  return unsafe.map(({ name }) => privileged(`the pod sets ${name}`));
}

const plainVolumes: readonly string[] = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

function volumeKinds({ volumes = [] }: PodSpecJson): readonly Offence[] {
  return volumes.flatMap((volume) => {
    if (volume.hostPath !== undefined) return [privileged(`the pod mounts a folder of its node as '${volume.name}'`)];
    if (plainVolumes.some((kind) => volume[kind] !== undefined)) return [];
    return [restricted(`the pod has the volume '${volume.name}' of a kind that not every pod may have`)];
  });
}

function ofContainer(container: ContainerJson, minor: number, nobody: boolean): readonly Offence[] {
  const { name, ports = [], securityContext: security = {} } = container;
  const whose = `container '${name}' `;
  const { add = [], drop = [] } = security.capabilities ?? {};
  const beyond = add.filter((each) => !baselineCapabilities.includes(each));
  const harmless = add.filter((each) => each !== 'NET_BIND_SERVICE' && baselineCapabilities.includes(each));
  const masked = (security.procMount ?? 'Default') === 'Default';
  const has = (found: boolean, offence: Offence) => (found ? [offence] : []);
  return [
    ...has(security.privileged === true, privileged(`${whose}is privileged`)),
    ...has(security.windowsOptions?.hostProcess === true, privileged(`${whose}sets hostProcess`)),
    ...has(beyond.length > 0, privileged(`${whose}adds the capabilities ${beyond.join(', ')}`)),
    ...has(harmless.length > 0, restricted(`${whose}adds the capabilities ${harmless.join(', ')}`)),
    ...has(!drop.includes('ALL'), restricted(`${whose}does not drop all capabilities`)),
    ...has(
      ports.some(({ hostPort = 0 }) => hostPort !== 0),
      privileged(`${whose}has a port of its node`),
    ),
    ...has(!masked, nobody ? restricted(`${whose}sees /proc unmasked`) : privileged(`${whose}sees /proc unmasked`)),
    ...has(namesHost(container), privileged(`${whose}names a host in a probe or lifecycle`)),
    ...has(security.allowPrivilegeEscalation !== false, restricted(`${whose}may gain privileges`)),
    ...profiles(security, whose, minor),
  ];
}

function namesHost({ livenessProbe, readinessProbe, startupProbe, lifecycle }: ContainerJson): boolean {
  const asked = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return asked.some((each) => [each?.httpGet?.host, each?.tcpSocket?.host].some((host = '') => host !== ''));
}

/** What the pod says holds for each container that says nothing itself. */
function ofUser(
  { securityContext: ofPod = {} }: PodSpecJson,
  { name, securityContext: own = {} }: ContainerJson,
  nobody: boolean,
): readonly Offence[] {
  const whose = `container '${name}' `;
  const seccomp = own.seccompProfile ?? ofPod.seccompProfile;
  const unconfined = seccomp === undefined ? [restricted(`${whose}has no seccomp profile`)] : [];
  if (nobody) return unconfined;
  const mayBeRoot = (own.runAsNonRoot ?? ofPod.runAsNonRoot) !== true;
  return [
    ...(mayBeRoot ? [restricted(`${whose}may run as root`)] : []),
    ...(own.runAsUser === 0 ? [restricted(`${whose}runs as root`)] : []),
    ...unconfined,
  ];
}
