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
    ...units.flatMap((unit) => (unit.kind === 'container' ? containerViolations(unit, policy) : [])),
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
    ...spec.mounts
      .filter(({ volume }) => volume.includes('/'))
      .map(({ volume }) => `service ${service} mounts the host folder ${volume}, which the policy does not allow`),
    ...memoryMessages(`service ${service}`, spec.memoryBytes, policy),
  ];
  return messages.map((message) => violation(unit.id, unit.origin, message));
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
    case 'generate':
      return [];
    case 'file': {
      const isAllowed =
        !source.path.split('/').includes('..') && policy.secretFolders.some((folder) => source.path.startsWith(folder));
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
      const isAllowed = policy.secretVariables.some((name) =>
        name.endsWith('*') ? source.variable.startsWith(name.slice(0, -1)) : name === source.variable,
      );
      return isAllowed
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
  if (bytes <= policy.memoryBytesMax) return [];
  return [
    `${what} asks for ${Math.round(bytes / 1024 ** 2)}Mi of memory, the policy allows ${Math.round(policy.memoryBytesMax / 1024 ** 2)}Mi`,
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
