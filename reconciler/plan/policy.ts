import type { Pool, Secret } from '../../compiler/model/platform.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { ContainerUnit, Desired } from '../model/desired.ts';
import type { Policy } from '../model/policy.ts';
import { secretsOf } from './unit-secrets.ts';

/** What a commit asks for and the machine's owner does not allow. `subject` is a unit, a pool or a secret. */
export interface Violation {
  readonly subject: string;
  readonly finding: Finding;
}

const hint = "change the file, or ask the machine's owner to allow it in the policy file";

/** Checks what would really be made, after every default and expansion, against the policy of the machine. Sorted by subject. */
export function policyViolations({ units, platform }: Desired, policy: Policy): readonly Violation[] {
  return [
    ...units.flatMap((unit) =>
      unit.kind === 'container' ? [...containerViolations(unit, policy), ...strangeNames(unit, units)] : [],
    ),
    ...platform.hosts.flatMap((host) =>
      host.engine.kind === 'process' && policy.processPrograms.length === 0
        ? [
            violation(
              host.id,
              host.origin,
              `host ${host.id} starts programs on this machine, which the policy does not allow`,
            ),
          ]
        : [],
    ),
    ...platform.pools.flatMap((pool) => poolViolations(pool, policy)),
    ...platform.secrets.flatMap((secret) => [
      ...secretViolations(secret, policy),
      ...ownVariableViolations(secret, { units, platform }),
    ]),
  ];
}

function containerViolations(unit: ContainerUnit, policy: Policy): readonly Violation[] {
  const { spec, service } = unit;
  const messages = [
    ...imageMessages(spec.image, policy),
    ...spec.capAdd
      .filter((name) => !policy.capabilities.includes(name))
      .map((name) => `capability ${name} of service ${service} is not allowed by the policy`),
    ...spec.ports
      .filter(({ hostPort }) => !policy.ports.some(({ from, to }) => from <= hostPort && hostPort <= to))
      .map(({ hostPort }) => `port ${hostPort} of service ${service} may not be published by the policy`),
    ...spec.ports
      .filter(({ address }) => !policy.addresses.includes(address))
      .map(({ address }) => `service ${service} may not publish on address ${address} by the policy`),
    ...memoryMessages(`service ${service}`, spec.memoryBytes, policy),
  ];
  return [
    ...messages.map((message) => violation(unit.id, unit.origin, message)),
    ...hostAsks(unit, policy).map(({ message, line }) =>
      violation(
        unit.id,
        unit.origin,
        message,
        `the machine's owner can allow it with this line of the policy file: ${line}`,
      ),
    ),
  ];
}

/**
 * Networks and volumes that are neither made for this platform nor said to be of others. What is rendered never has any;
 * nothing that comes after rendering may bring them in either, because the engine joins and mounts whatever is there.
 */
function strangeNames(unit: ContainerUnit, units: Desired['units']): readonly Violation[] {
  const own = new Set(
    units.flatMap((each) => (each.kind !== 'container' && each.host === unit.host ? [each.name] : [])),
  );
  const { service, spec, externalVolumes = [] } = unit;
  const volumes = spec.mounts.map(({ volume }) => volume).filter((name) => !name.startsWith('/'));
  return [
    ...Object.keys(spec.networks)
      .filter((name) => !own.has(name))
      .map((name) => `service ${service} joins the network ${name}, which is not of this platform`),
    ...volumes
      .filter((name) => !own.has(name) && !externalVolumes.includes(name))
      .map((name) => `service ${service} mounts the volume ${name}, which is not of this platform`),
  ].map((message) => violation(unit.id, unit.origin, message, 'change the file; no policy allows it'));
}

/** What of the host itself a container asks for and the policy does not allow, with the line that would. */
function hostAsks(
  { service, spec, externalVolumes = [] }: ContainerUnit,
  policy: Policy,
): readonly { readonly message: string; readonly line: string }[] {
  const folders = spec.mounts.filter(({ volume }) => volume.startsWith('/')).map(({ volume }) => volume);
  const devices = (spec.devices ?? []).map((device) => device.split(':')[0] ?? device);
  const list = (known: readonly string[], added: string) => `[${[...known, added].map(quoted).join(', ')}]`;
  return [
    ...folders
      .filter((folder) => isUpward(folder) || !policy.hostFolders.some((allowed) => `${folder}/`.startsWith(allowed)))
      .map((folder) => ({
        message: `service ${service} mounts the host folder ${folder}, which the policy does not allow`,
        line: `hostFolders: ${list(policy.hostFolders, `${folder}/`)}`,
      })),
    ...externalVolumes
      .filter((name) => !isListed(name, policy.externalVolumes))
      .map((name) => ({
        message: `service ${service} mounts the volume ${name}, which is not its own and which the policy does not allow`,
        line: `externalVolumes: ${list(policy.externalVolumes, name)}`,
      })),
    ...devices
      .filter((device) => isUpward(device) || !isListed(device, policy.devices))
      .map((device) => ({
        message: `service ${service} uses the device ${device}, which the policy does not allow`,
        line: `devices: ${list(policy.devices, device)}`,
      })),
    ...(spec.hostNetwork === true && !policy.hostNetwork
      ? [
          {
            message: `service ${service} is on the network of the host, which the policy does not allow`,
            line: 'hostNetwork: true',
          },
        ]
      : []),
  ];
}

/** Leads out of the folder that it begins with. */
function isUpward(path: string): boolean {
  return path.split('/').includes('..');
}

/** `*` at the end of an entry stands for anything. */
function isListed(name: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : entry === name));
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text}'`;
}

function poolViolations(pool: Pool, policy: Policy): readonly Violation[] {
  const { max, min } = pool.size;
  const wanted = max ?? min;
  const messages = [
    ...imageMessages(pool.image, policy),
    ...(wanted > policy.poolMax
      ? [`pool ${pool.id} asks for ${wanted} runners, the policy allows ${policy.poolMax}`]
      : []),
    ...memoryMessages(`a runner of pool ${pool.id}`, pool.limits.memoryBytes, policy),
  ];
  return messages.map((message) => violation(pool.id, pool.origin, message));
}

function secretViolations({ id, origin, source }: Secret, policy: Policy): readonly Violation[] {
  switch (source.kind) {
    // A file of the repository, and what no Docker host can read at all.
    case 'sops':
    case 'kubernetes':
    case 'generate':
      return [];
    case 'file': {
      const isAllowed = !isUpward(source.path) && policy.secretFolders.some((folder) => source.path.startsWith(folder));
      return isAllowed
        ? []
        : [
            violation(
              id,
              origin,
              `secret ${id} reads ${source.path}, which is in no folder that the policy allows (${policy.secretFolders.join(', ')})`,
            ),
          ];
    }
    case 'env': {
      return isListed(source.variable, policy.secretVariables)
        ? []
        : [
            violation(
              id,
              origin,
              `secret ${id} reads the variable ${source.variable}, which the policy does not allow`,
            ),
          ];
    }
  }
}

/** Variables of the reconciler itself. */
const ownPrefix = 'AUTOGIT_';
/** Those under this prefix are meant for platforms: `autogit compile` names them for Docker Compose as well. */
const platformPrefix = 'AUTOGIT_SECRET_';
const forgeTokenVariable = 'AUTOGIT_FORGE_TOKEN';

/**
 * What the reconciler needs for itself, its Git token first of all, is no secret of a platform: a commit that could mount
 * it could widen its own rights. No policy allows it. The forge token is read for the forge and goes into no container.
 */
function ownVariableViolations(
  { id, origin, source }: Secret,
  { units, platform }: Pick<Desired, 'units' | 'platform'>,
): readonly Violation[] {
  if (source.kind !== 'env' || !source.variable.startsWith(ownPrefix) || source.variable.startsWith(platformPrefix))
    return [];
  const { variable } = source;
  const next = `give it a variable of its own, such as ${platformPrefix}${id.toUpperCase().replaceAll('-', '_')}`;
  if (variable !== forgeTokenVariable || platform.forge?.token !== id) {
    const whose = variable === forgeTokenVariable ? 'is for the token of the forge only' : 'belongs to AutoGit itself';
    return [violation(id, origin, `secret ${id} reads the variable ${variable}, which ${whose}`, next)];
  }
  const user = units.find((unit) => secretsOf(unit).includes(id));
  if (user === undefined) return [];
  const who = 'service' in user ? `service ${user.service}` : user.id;
  return [violation(id, user.origin, `${who} uses secret ${id}, which is AutoGit's own token for the forge`, next)];
}

function imageMessages(image: string, policy: Policy): readonly string[] {
  const name = fullImageName(image);
  const isAllowed = policy.registries.some((prefix) => prefix === '*' || name.startsWith(prefix));
  return isAllowed ? [] : [`image ${image} comes from ${name.split('/')[0]}, which the policy does not allow`];
}

function memoryMessages(what: string, bytes: number, policy: Policy): readonly string[] {
  // For an engine, zero is no limit.
  if (bytes > 0 && bytes <= policy.memoryBytesMax) return [];
  return [
    `${what} asks for ${bytes > 0 ? `${Math.round(bytes / 1024 ** 2)}Mi of` : 'all'} memory, the policy allows ${Math.round(policy.memoryBytesMax / 1024 ** 2)}Mi`,
  ];
}

/** `nginx:1` → `docker.io/library/nginx:1`: Docker's rule is that the first part is a registry when it has a dot, a colon or is localhost. */
export function fullImageName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]/.test(first) || first === 'localhost' ? image : `docker.io/${image}`;
}

function violation(subject: string, pointer: string, message: string, next = hint): Violation {
  return { subject, finding: { code: 'AG610', pointer, message, hint: next } };
}
