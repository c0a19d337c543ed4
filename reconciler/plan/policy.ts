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

/** What would have to be added to a key of the policy file, or be its value. */
interface Allowance {
  readonly key: keyof Policy;
  readonly add?: string;
  readonly value?: number | true;
}

/** A violation before its next step is known: what would allow it stands in one line with all else of that key. */
interface Refused {
  readonly subject: string;
  readonly origin: string;
  readonly message: string;
  /** A text where no policy allows it. */
  readonly next: Allowance | string;
}

/** Checks what would really be made, after every default and expansion, against the policy of the machine. Sorted by subject. */
export function policyViolations(desired: Desired, policy: Policy): readonly Violation[] {
  const refused = refusals(desired, policy);
  const allowances = refused.flatMap(({ next }) => (typeof next === 'string' ? [] : [next]));
  return refused.map(({ subject, origin, message, next }) => {
    const hint = typeof next === 'string' ? next : allowedBy(lineOf(next.key, allowances, policy));
    return { subject, finding: { code: 'AG610', pointer: origin, message, hint } };
  });
}

const allowedBy = (line: string): string =>
  `change the file, or have the machine's owner allow it with this line of the policy file: ${line}`;

/** The line of the policy file that allows, with what it allows already, everything that the file asks of a key. */
function lineOf(key: keyof Policy, allowances: readonly Allowance[], policy: Policy): string {
  const wanted = allowances.filter((each) => each.key === key);
  const numbers = wanted.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  if (numbers.length > 0) return `${key}: ${Math.max(...numbers)}`;
  if (wanted.some(({ value }) => value === true)) return `${key}: true`;
  const known = key === 'ports' ? policy.ports.map(rangeText) : (policy[key] as readonly string[]);
  const added = wanted.flatMap(({ add }) => add ?? []);
  return `${key}: [${[...new Set([...known, ...added])].map(quoted).join(', ')}]`;
}

function refusals({ units, platform }: Desired, policy: Policy): readonly Refused[] {
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
              { key: 'processPrograms', add: '/usr/local/bin/gitea-runner' },
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

function containerViolations(unit: ContainerUnit, policy: Policy): readonly Refused[] {
  const { spec, service } = unit;
  const { capabilities, ports, addresses } = policy;
  const asks: readonly Ask[] = [
    ...imageAsks(spec.image, policy),
    ...spec.capAdd
      .filter((name) => !capabilities.includes(name))
      .map(
        (name): Ask => ({
          message: `capability ${name} of service ${service} is not allowed by the policy`,
          allow: { key: 'capabilities', add: name },
        }),
      ),
    ...spec.ports
      .filter(({ hostPort }) => !ports.some(({ from, to }) => from <= hostPort && hostPort <= to))
      .map(
        ({ hostPort }): Ask => ({
          message: `port ${hostPort} of service ${service} may not be published by the policy`,
          allow: { key: 'ports', add: String(hostPort) },
        }),
      ),
    ...spec.ports
      .filter(({ address }) => !addresses.includes(address))
      .map(
        ({ address }): Ask => ({
          message: `service ${service} may not publish on address ${address} by the policy`,
          allow: { key: 'addresses', add: address },
        }),
      ),
    ...memoryAsks(`service ${service}`, spec.memoryBytes, policy),
    ...hostAsks(unit, policy),
  ];
  return asks.map(({ message, allow }) => violation(unit.id, unit.origin, message, allow));
}

/** What is asked for, and what would allow it. */
interface Ask {
  readonly message: string;
  readonly allow: Allowance;
}

function rangeText({ from, to }: Policy['ports'][number]): string {
  return from === to ? String(from) : `${from}-${to}`;
}

/**
 * Networks and volumes that are neither made for this platform nor said to be of others. What is rendered never has any;
 * nothing that comes after rendering may bring them in either, because the engine joins and mounts whatever is there.
 */
function strangeNames(unit: ContainerUnit, units: Desired['units']): readonly Refused[] {
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
function hostAsks({ service, spec, externalVolumes = [] }: ContainerUnit, policy: Policy): readonly Ask[] {
  const folders = spec.mounts.filter(({ volume }) => volume.startsWith('/')).map(({ volume }) => volume);
  const devices = (spec.devices ?? []).map((device) => device.split(':')[0] ?? device);
  return [
    ...folders
      .filter((folder) => isUpward(folder) || !policy.hostFolders.some((allowed) => `${folder}/`.startsWith(allowed)))
      .map(
        (folder): Ask => ({
          message: `service ${service} mounts the host folder ${folder}, which the policy does not allow`,
          allow: { key: 'hostFolders', add: `${folder}/` },
        }),
      ),
    ...externalVolumes
      .filter((name) => !isListed(name, policy.externalVolumes))
      .map(
        (name): Ask => ({
          message: `service ${service} mounts the volume ${name}, which is not its own and which the policy does not allow`,
          allow: { key: 'externalVolumes', add: name },
        }),
      ),
    ...devices
      .filter((device) => isUpward(device) || !isListed(device, policy.devices))
      .map(
        (device): Ask => ({
          message: `service ${service} uses the device ${device}, which the policy does not allow`,
          allow: { key: 'devices', add: device },
        }),
      ),
    ...(spec.hostNetwork === true && !policy.hostNetwork
      ? [
          {
            message: `service ${service} is on the network of the host, which the policy does not allow`,
            allow: { key: 'hostNetwork', value: true } as const,
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

function poolViolations(pool: Pool, policy: Policy): readonly Refused[] {
  const { max, min } = pool.size;
  const wanted = max ?? min;
  const asks: readonly Ask[] = [
    ...imageAsks(pool.image, policy),
    ...(wanted > policy.poolMax
      ? [
          {
            message: `pool ${pool.id} asks for ${wanted} runners, the policy allows ${policy.poolMax}`,
            allow: { key: 'poolMax', value: wanted } as const,
          },
        ]
      : []),
    ...memoryAsks(`a runner of pool ${pool.id}`, pool.limits.memoryBytes, policy),
  ];
  return asks.map(({ message, allow }) => violation(pool.id, pool.origin, message, allow));
}

function secretViolations({ id, origin, source }: Secret, policy: Policy): readonly Refused[] {
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
              { key: 'secretFolders', add: folderOf(source.path) },
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
              { key: 'secretVariables', add: source.variable },
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
): readonly Refused[] {
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

function imageAsks(image: string, policy: Policy): readonly Ask[] {
  const name = fullImageName(image);
  if (policy.registries.some((entry) => isImageOf(name, entry))) return [];
  const prefix = folderOf(name);
  const message = `image ${image} comes from ${name.split('/')[0]}, which the policy does not allow`;
  return [{ message, allow: { key: 'registries', add: prefix } }];
}

/** `docker.io` and `ghcr.io/ana/web` stand for that registry and that image alone, not for others that begin alike. */
function isImageOf(name: string, entry: string): boolean {
  if (entry.endsWith('*') || entry.endsWith('/')) return name.startsWith(entry.replace(/\*$/, ''));
  return name === entry || ['/', ':', '@'].some((end) => name.startsWith(`${entry}${end}`));
}

function memoryAsks(what: string, bytes: number, policy: Policy): readonly Ask[] {
  // For an engine, zero is no limit.
  if (bytes > 0 && bytes <= policy.memoryBytesMax) return [];
  const asked = bytes > 0 ? `${Math.round(bytes / 1024 ** 2)}Mi of` : 'all';
  const message = `${what} asks for ${asked} memory, the policy allows ${Math.round(policy.memoryBytesMax / 1024 ** 2)}Mi`;
  return [{ message, allow: { key: 'memoryBytesMax', value: bytes > 0 ? bytes : policy.memoryBytesMax } }];
}

/** `/srv/keys/pin` → `/srv/keys/`. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** `nginx:1` → `docker.io/library/nginx:1`: Docker's rule is that the first part is a registry when it has a dot, a colon or is localhost. */
export function fullImageName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]/.test(first) || first === 'localhost' ? image : `docker.io/${image}`;
}

function violation(subject: string, origin: string, message: string, next: Allowance | string): Refused {
  return { subject, origin, message, next };
}
