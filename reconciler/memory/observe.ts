import type { HostState, ObservedContainer, ObservedObject } from '../model/snapshot.ts';
import type { Scope } from '../ports/engine.ts';
import type { Behaviour } from './behaviour.ts';
import type { MemoryContainer, MemoryObject, MemoryRunner, MemoryWorld } from './world.ts';

/** Docker waits longer after each crash; this is the first wait, milliseconds. */
const restartMs = 100;

/** The world as an engine would report it at `now`. */
export function observeWorld(
  world: MemoryWorld,
  host: string,
  scope: Scope,
  behaviour: Behaviour,
  now: number,
): HostState {
  const ours = <T extends { readonly platform: string }>(list: readonly T[]) =>
    list.filter((item) => item.platform === scope.platform);
  return {
    engine: world.facts,
    containers: ours(world.containers).map((container) => observeContainer(world, container, behaviour, now)),
    networks: ours(world.networks).map(observeObject),
    volumes: ours(world.volumes).map((volume) => ({ ...observeObject(volume), files: volume.files })),
    runners: ours(world.runners).map((runner) => observeRunner(runner, host, behaviour, now)),
  };
}

function observeObject({ id, name, unit, digest, deployment }: MemoryObject): ObservedObject {
  return { id, name, unit, digest, deployment };
}

/** State and health of a container are functions of how long it runs. */
export function lifeOf(
  container: MemoryContainer,
  behaviour: Behaviour,
  now: number,
): Pick<ObservedContainer, 'state' | 'health' | 'restarts' | 'exitCode'> {
  const exit = container.exitCode === undefined ? {} : { exitCode: container.exitCode };
  if (container.state !== 'running') return { state: container.state, health: 'none', restarts: 0, ...exit };
  if (container.spec.restart !== 'unless-stopped') return lifeOfJob(container, behaviour, now);
  const { healthyAfterMs = 0, crashAfterMs } = behaviour.images?.[container.spec.image] ?? {};
  const age = now - container.startedAt;
  if (crashAfterMs !== undefined && age >= crashAfterMs) {
    const restarts = 1 + Math.floor((age - crashAfterMs) / (crashAfterMs + restartMs));
    return { state: 'restarting', health: 'none', restarts, exitCode: 1 };
  }
  const health = container.spec.health;
  if (health === undefined) return { state: 'running', health: 'none', restarts: 0 };
  if (healthyAfterMs !== 'never' && age >= healthyAfterMs) return { state: 'running', health: 'healthy', restarts: 0 };
  const sick = age >= health.startMs + health.retries * health.intervalMs;
  return { state: 'running', health: sick ? 'unhealthy' : 'starting', restarts: 0 };
}

/** A job that fails is started again as often as its restart policy says; the tries follow each other at once. */
function lifeOfJob(
  { spec, startedAt }: MemoryContainer,
  behaviour: Behaviour,
  now: number,
): ReturnType<typeof lifeOf> & { readonly finishedAt?: number } {
  const { endsAfterMs = 0, exitCode = 0 } = behaviour.images?.[spec.image] ?? {};
  const tries = exitCode === 0 ? 1 : 1 + Number(spec.restart.split(':')[1] ?? 0);
  const over = startedAt + tries * endsAfterMs;
  if (now >= over) return { state: 'exited', health: 'none', restarts: tries - 1, exitCode, finishedAt: over };
  return { state: 'running', health: 'none', restarts: Math.floor((now - startedAt) / endsAfterMs) };
}

function observeContainer(
  world: MemoryWorld,
  container: MemoryContainer,
  behaviour: Behaviour,
  now: number,
): ObservedContainer {
  const { labels: _labels, networks: wanted, ...actual } = container.spec;
  const attached = world.networks.filter(({ id }) => container.networks.includes(id));
  return {
    ...observeObject(container),
    slot: container.slot,
    startedAt: container.startedAt,
    createdAt: container.createdAt ?? 0,
    finishedAt: container.finishedAt ?? 0,
    ...lifeOf(container, behaviour, now),
    actual: { ...actual, networks: Object.fromEntries(attached.map(({ name }) => [name, wanted[name] ?? []])) },
  };
}

function observeRunner(runner: MemoryRunner, host: string, behaviour: Behaviour, now: number) {
  const { platform: _platform, deployment: _deployment, logs: _logs, state, ...seen } = runner;
  const starting = state === 'running' && now - runner.startedAt < (behaviour.runnerStartMs ?? 0);
  return { ...seen, host, state: starting ? ('starting' as const) : state };
}
