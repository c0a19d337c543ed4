import type { HostGpus } from './host-gpus.ts';
import type { RoleDraft } from './roles.ts';
import type { Scope, ServiceDraft } from './scope.ts';
import type { SecretEntry } from './secret-book.ts';
import { roomFor } from './service/read-service.ts';

type Plain = Readonly<Record<string, unknown>>;

/** The values of the platform file, in the order in which they are written. */
export interface PlatformDraft {
  readonly name: string;
  readonly domain: string;
  readonly roles: readonly RoleDraft[];
  readonly services: readonly Scope[];
  readonly secrets: readonly SecretEntry[];
  readonly gpus: HostGpus;
}

/** Drafts → plain values with nothing in them that is the default anyway. */
export function plainPlatform({ name, domain, roles, services, secrets, gpus }: PlatformDraft): Plain {
  const role = (wanted: RoleDraft['role']) => {
    const spec = roles.find((each) => each.role === wanted)?.spec;
    return spec === undefined || Object.keys(spec).length > 1 ? spec : spec.use;
  };
  return present({
    name,
    domain,
    hosts: hostsWith(gpus),
    forge: role('forge'),
    ingress: role('ingress'),
    database: role('database'),
    services: filled(Object.fromEntries(services.map((scope) => [scope.id, plainService(scope.draft, services)]))),
    secrets: filled(Object.fromEntries(secrets.map(({ id, source }) => [id, source]))),
    accept: filled(accepted(services, gpus)),
  });
}

/** The one Docker host that a file without `hosts` has, when there is more to say of it. */
function hostsWith({ declared }: HostGpus): Plain | undefined {
  if (Object.keys(declared).length === 0) return undefined;
  return { local: { engine: 'unix:///var/run/docker.sock', gpus: declared } };
}

const oneCopy = 'a Docker host runs one copy; more of them run on Kubernetes';
const seesAll = 'the device nodes of all GPUs are in the Compose file as well';
const shown = 'these images read their secrets from the environment, as in the Compose file';

/** What the Compose file was content with, and AutoGit asks about. */
function accepted(services: readonly Scope[], { declared }: HostGpus): Readonly<Record<string, string>> {
  const mixed = Object.keys(declared).length > 1;
  return {
    ...(services.some(({ draft }) => showsSecret(draft)) ? { AG501: shown } : {}),
    ...(services.some(({ draft }) => (draft.replicas ?? 1) > 1) ? { AG550: oneCopy } : {}),
    ...(mixed && services.some(({ draft }) => !['nvidia', undefined].includes(draft.gpu?.vendor))
      ? { AG555: seesAll }
      : {}),
  };
}

/** A secret in a variable shows in `docker inspect`; one in a file does not. */
function showsSecret({ environment }: ServiceDraft): boolean {
  return Object.entries(environment).some(([name, value]) => typeof value !== 'string' && !name.endsWith('_FILE'));
}

function plainService(draft: ServiceDraft, all: readonly Scope[]): Plain {
  return present({
    image: draft.image,
    entrypoint: draft.entrypoint,
    command: draft.command,
    workingDirectory: draft.workingDirectory,
    port: draft.port,
    ports: filled(Object.fromEntries(Object.entries(draft.ports).map(([name, port]) => [name, plainPort(port)]))),
    host: draft.host,
    volumes: filled(
      Object.fromEntries(Object.entries(draft.volumes).map(([id, volume]) => [id, short(volume, 'path')])),
    ),
    tmpfs: some([...draft.tmpfs].sort()),
    configs: filled(
      Object.fromEntries(Object.entries(draft.configs).map(([name, { from: _, ...config }]) => [name, config])),
    ),
    environment: filled(draft.environment),
    secrets: some(draft.secrets.map((mount) => (mount.path === `/run/secrets/${mount.secret}` ? mount.secret : mount))),
    health: draft.health === undefined ? undefined : present({ ...draft.health }),
    needs: plainNeeds(draft, all),
    schedule: draft.job === undefined ? undefined : short(draft.job, 'at'),
    replicas: draft.replicas,
    limits: { cpus: draft.limits.cpus ?? roomFor.cpus, memory: draft.limits.memory ?? roomFor.memory(all.length) },
    gpu: draft.gpu,
    shm: draft.shm,
    ulimits: filled(draft.ulimits),
    sysctls: filled(draft.sysctls),
    user: draft.user,
    internet: draft.internet || undefined,
    hostNetwork: draft.hostNetwork || undefined,
    readOnly: draft.readOnly || undefined,
    capabilities: some(draft.capabilities),
    init: draft.ownInit === true ? false : undefined,
    devices: some(draft.devices),
    aliases: some(draft.aliases),
    extraHosts: filled(draft.extraHosts),
    stop: filled({ ...draft.stop }),
  });
}

function plainPort(port: ServiceDraft['ports'][string]): unknown {
  return port.protocol === undefined && port.publish === undefined ? port.port : port;
}

/** A list waits for health where there is a check, and for the end of a job; the map says what is waited for. */
function plainNeeds({ needs }: ServiceDraft, all: readonly Scope[]): unknown {
  if (needs.size === 0) return undefined;
  const entries = [...needs].sort(([a], [b]) => (a < b ? -1 : 1));
  const draftOf = (id: string) => all.find((scope) => scope.id === id)?.draft;
  const usual = entries.every(([id, condition]) => {
    const other = draftOf(id);
    if (condition === 'done' || other?.job !== undefined) return false;
    return (condition === 'healthy') === (other?.health !== undefined);
  });
  return usual ? entries.map(([id]) => id) : Object.fromEntries(entries);
}

function short(value: object, key: string): unknown {
  const entries = Object.entries(value);
  return entries.length === 1 && entries[0]?.[0] === key ? entries[0][1] : value;
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function filled<T extends object>(map: T): T | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

function present(map: Plain): Plain {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}
