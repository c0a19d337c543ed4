import type { HostRunner } from '../model/load.ts';
import type { EngineFacts, HostState, ObservedContainer, ObservedObject } from '../model/snapshot.ts';
import type { Scope } from '../ports/engine.ts';
import { inspectContainer, inspectImage, listContainers, listNetworks } from './containers.ts';
import type { DockerContext } from './context.ts';
import type { EngineInfo, InspectedContainer, InspectedImage, ListedContainer, ListedVolume } from './engine-json.ts';
import { WorldError } from './failure.ts';
import { isOurs, LABEL, type Labels } from './labels.ts';
import { readContainer } from './read-container.ts';
import { readRunner, readRunnerFolder } from './runners.ts';

/** Everything is looked at again after this long, also when no event and no list said so. */
const FULL_LOOK_MS = 5 * 60_000;
const CONCURRENCY = 8;

/** What is remembered between two looks, so that a quiet host costs three lists and nothing else. */
export interface Memory {
  containers: Map<string, { readonly summary: string; readonly container: InspectedContainer }>;
  /** By image id; what an id names never changes. */
  images: Map<string, Promise<InspectedImage | undefined>>;
  facts: EngineFacts | undefined;
  fullLookAt: number;
  /** Containers that an event named since the last look. */
  readonly touched: Set<string>;
  /** Files volumes whose content was proven by this process. */
  readonly verified: Set<string>;
  /** Runners that were asked to end by this process. */
  readonly draining: Set<string>;
  /** Runners that are being launched: their folder exists before their container. */
  readonly launching: Set<string>;
}

export function emptyMemory(): Memory {
  return {
    containers: new Map(),
    images: new Map(),
    facts: undefined,
    fullLookAt: Number.NEGATIVE_INFINITY,
    touched: new Set(),
    verified: new Set(),
    draining: new Set(),
    launching: new Set(),
  };
}

/** Reads the whole state of our platform on a host: three lists, and one inspect for each container that changed. */
export async function observe(
  docker: DockerContext,
  memory: Memory,
  scope: Scope,
  signal: AbortSignal,
): Promise<HostState> {
  const now = docker.clock.monotonic();
  if (now - memory.fullLookAt >= FULL_LOOK_MS) forget(memory, now);
  const touched = new Set(memory.touched);
  memory.touched.clear();
  try {
    const filter = { label: [`${LABEL.platform}=${scope.platform}`] };
    const [listed, networks, volumes, engine] = await Promise.all([
      listContainers(docker.connection, filter, signal),
      listNetworks(docker.connection, filter, signal),
      listVolumes(docker, filter, signal),
      memory.facts ?? engineFacts(docker, signal),
    ]);
    memory.facts = engine;
    const known = listed.filter(
      (container) => container.Labels?.[LABEL.unit] !== undefined || container.Labels?.[LABEL.runner] !== undefined,
    );
    const inspected = await inspectChanged(docker, memory, known, touched, signal);
    const containers = await Promise.all(
      inspected
        .filter((one) => one.Config.Labels?.[LABEL.unit] !== undefined)
        .map((one) => readWithImage(docker, memory, one, signal)),
    );
    return {
      engine,
      containers: containers.sort(byName),
      networks: networks
        .filter((network) => network.Labels?.[LABEL.unit] !== undefined)
        .map((network) => observed(network.Id, network.Name, network.Labels))
        .sort(byName),
      volumes: readVolumes(volumes, listed, memory).sort(byName),
      runners: readRunners(docker, memory, scope, inspected, volumes).sort(byName),
    };
  } catch (error) {
    for (const id of touched) memory.touched.add(id);
    if (error instanceof WorldError && error.status === undefined) forget(memory, Number.NEGATIVE_INFINITY);
    throw error;
  }
}

/** After a lost connection nothing remembered is relied on: events may have been missed, and another engine may answer. */
export function forget(memory: Memory, fullLookAt: number): void {
  memory.containers.clear();
  memory.images.clear();
  memory.facts = undefined;
  memory.fullLookAt = fullLookAt;
}

async function engineFacts(docker: DockerContext, signal: AbortSignal): Promise<EngineFacts> {
  const [info, version] = await Promise.all([
    docker.connection.call('info', { signal }) as Promise<EngineInfo>,
    docker.connection.call('version', { signal }) as Promise<{ readonly ApiVersion?: string }>,
  ]);
  return {
    id: info.ID ?? '',
    version: info.ServerVersion ?? '',
    apiVersion: version.ApiVersion ?? '',
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    arch: ARCHITECTURES[info.Architecture ?? ''] ?? info.Architecture ?? '',
  };
}

/** `uname -m`, as the engine tells it, in the words of image platforms. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

async function inspectChanged(
  docker: DockerContext,
  memory: Memory,
  listed: readonly ListedContainer[],
  touched: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly InspectedContainer[]> {
  const kept = new Map<string, { readonly summary: string; readonly container: InspectedContainer }>();
  const queue = listed.filter((container) => {
    const cached = memory.containers.get(container.Id);
    if (cached === undefined || cached.summary !== summaryOf(container) || touched.has(container.Id)) return true;
    kept.set(container.Id, cached);
    return false;
  });
  const next = queue.values();
  const work = async (): Promise<void> => {
    for (const container of next) {
      const inspected = await inspectContainer(docker.connection, container.Id, signal);
      // Gone since the list: it is not there.
      if (inspected !== undefined) kept.set(container.Id, { summary: summaryOf(container), container: inspected });
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, queue.length) }, work));
  memory.containers = kept;
  for (const id of docker.passed.keys()) if (!kept.has(id)) docker.passed.delete(id);
  return listed.flatMap((container) => kept.get(container.Id)?.container ?? []);
}

/** What the list tells of a container; the uptime in `Status` is left out, its health is not. */
function summaryOf(container: ListedContainer): string {
  const networks = Object.entries(container.NetworkSettings?.Networks ?? {})
    .map(([name, endpoint]) => `${name}=${endpoint.NetworkID ?? ''}`)
    .sort();
  const health = /\((healthy|unhealthy|health: starting|Paused)\)/.exec(container.Status ?? '')?.[1];
  return JSON.stringify([container.Names, container.State, health, networks]);
}

async function readWithImage(
  docker: DockerContext,
  memory: Memory,
  container: InspectedContainer,
  signal: AbortSignal,
): Promise<ObservedContainer> {
  // The pending answer is kept, so that a hundred containers of one image ask once.
  const asked = memory.images.get(container.Image) ?? inspectImage(docker.connection, container.Image, signal);
  memory.images.set(container.Image, asked);
  const image = await asked.catch((error: unknown) => {
    memory.images.delete(container.Image);
    throw error;
  });
  const read = readContainer(container, image?.Config ?? undefined);
  const passed = read.health === 'starting' && docker.passed.get(read.id) === read.startedAt;
  return passed ? { ...read, health: 'healthy' } : read;
}

async function listVolumes(
  docker: DockerContext,
  filters: Readonly<Record<string, readonly string[]>>,
  signal: AbortSignal,
): Promise<readonly ListedVolume[]> {
  const answer = (await docker.connection.call('listVolumes', {
    query: { filters: JSON.stringify(filters) },
    signal,
  })) as { readonly Volumes?: readonly ListedVolume[] | null };
  return answer.Volumes ?? [];
}

/** A files volume whose content is not proven has no digest: whoever needs it has it filled again first. */
function readVolumes(
  volumes: readonly ListedVolume[],
  listed: readonly ListedContainer[],
  memory: Memory,
): (ObservedObject & { readonly files: boolean })[] {
  const mounted = new Set(
    listed
      .filter((container) => container.Labels?.[LABEL.unit] !== undefined)
      .flatMap((container) => (container.Mounts ?? []).map((mount) => mount.Name)),
  );
  return volumes
    .filter((volume) => volume.Labels?.[LABEL.unit] !== undefined)
    .map((volume) => {
      const object = observed(volume.Name, volume.Name, volume.Labels);
      const files = object.unit.startsWith('files/');
      const proven = !files || mounted.has(volume.Name) || memory.verified.has(volume.Name);
      return { ...object, digest: proven ? object.digest : '', files };
    });
}

/** Runners of another deployment are none of our pools', whatever their names. */
function readRunners(
  docker: DockerContext,
  memory: Memory,
  scope: Scope,
  inspected: readonly InspectedContainer[],
  volumes: readonly ListedVolume[],
): HostRunner[] {
  const containers = inspected
    .filter((one) => one.Config.Labels?.[LABEL.runner] !== undefined && isOurs(one.Config.Labels, scope))
    .map((one) => readRunner(one, docker.host, memory.draining.has(one.Id)));
  const names = new Set(containers.map((runner) => runner.name));
  const folders = volumes.filter(
    (volume) =>
      volume.Labels?.[LABEL.runner] === volume.Name &&
      isOurs(volume.Labels, scope) &&
      !names.has(volume.Name) &&
      !memory.launching.has(volume.Name),
  );
  return [...containers, ...folders.map((volume) => readRunnerFolder(volume, docker.host))];
}

function observed(id: string, name: string, labels: Labels | null | undefined): ObservedObject {
  return {
    id,
    name,
    unit: labels?.[LABEL.unit] ?? '',
    digest: labels?.[LABEL.digest] ?? '',
    deployment: labels?.[LABEL.deployment] ?? '',
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
