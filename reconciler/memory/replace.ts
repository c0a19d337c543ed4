import type { ContainerUnit } from '../model/desired.ts';
import type { Outcome } from '../model/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { ActContext } from '../ports/engine.ts';
import type { Behaviour } from './behaviour.ts';
import { lifeOf } from './observe.ts';
import type { MemoryContainer, MemoryWorld } from './world.ts';

export interface Stage {
  readonly world: MemoryWorld;
  readonly clock: Clock;
  readonly behaviour: Behaviour;
  readonly context: ActContext;
  /** Announces one change and counts it. */
  step(text: string): void;
}

/** How often the gate looks, and how long a container without a health check must stay up, milliseconds. */
const lookMs = 500;
const settleMs = 2000;

/**
 * Brings a unit to its container from any state an interrupted replacement can leave: none, main, next beside main, old
 * without main, old beside a main that was never seen healthy. The old one is kept until the new one is healthy.
 */
export async function applyContainer(stage: Stage, unit: ContainerUnit, sees: readonly string[]): Promise<Outcome> {
  const { world } = stage;
  const mine = world.containers.filter(
    (item) => item.unit === unit.id && item.deployment === stage.context.scope.deployment,
  );
  if (
    !sameIds(
      mine.map(({ id }) => id),
      sees,
    ) &&
    !isDone(stage, unit, mine)
  ) {
    return { kind: 'stale', detail: `the containers of ${unit.name} are no longer those of the plan` };
  }
  const refused = refusal(stage, unit, mine);
  if (refused !== undefined) return { kind: 'failed', failure: refused };
  const current = tidy(stage, unit, mine);
  if (current?.slot === 'main' && current.digest === unit.digest && sameSpec(current, unit)) {
    return finish(stage, unit, current, find(stage, unit, 'old'));
  }
  if (unit.replace === 'stop-first' && current !== undefined) setAside(stage, current);
  const next = create(stage, unit);
  return finish(stage, unit, next, current);
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join();
}

function isDone(stage: Stage, unit: ContainerUnit, mine: readonly MemoryContainer[]): boolean {
  const [only] = mine;
  return (
    mine.length === 1 &&
    only?.slot === 'main' &&
    only.digest === unit.digest &&
    sameSpec(only, unit) &&
    only.state === 'running' &&
    stage.world.images.has(unit.spec.image)
  );
}

function sameSpec(container: MemoryContainer, unit: ContainerUnit): boolean {
  return JSON.stringify(container.spec) === JSON.stringify(unit.spec);
}

function find(stage: Stage, unit: ContainerUnit, slot: MemoryContainer['slot']): MemoryContainer | undefined {
  return stage.world.containers.find(
    (item) => item.unit === unit.id && item.slot === slot && item.deployment === stage.context.scope.deployment,
  );
}

/** What is in the way, found before anything is stopped. */
export function refusal(stage: Stage, unit: ContainerUnit, mine: readonly MemoryContainer[]) {
  const { world } = stage;
  const others = world.containers.filter((item) => !mine.includes(item));
  const named = others.find(({ name }) => name === unit.name);
  if (named !== undefined) {
    return {
      kind: 'conflict',
      detail: `the name ${unit.name} is taken by a container of deployment ${named.deployment}; rename or remove it`,
    } as const;
  }
  const holder = others.find(
    (item) =>
      item.state === 'running' &&
      item.spec.ports.some((a) => unit.spec.ports.some((b) => a.hostPort === b.hostPort && a.protocol === b.protocol)),
  );
  if (holder !== undefined) {
    const port = unit.spec.ports.find((a) => holder.spec.ports.some((b) => a.hostPort === b.hostPort))?.hostPort;
    return {
      kind: 'rejected',
      detail: `port ${port} is already taken by ${holder.name}; free it or publish another port`,
    } as const;
  }
  const missing = (unit.externalVolumes ?? []).find((name) => !world.volumes.some((volume) => volume.name === name));
  if (missing !== undefined) {
    const detail = `${unit.name} mounts volume ${missing}, which is not there; AutoGit never makes a volume that is \`external\``;
    return { kind: 'rejected', detail } as const;
  }
  if (!world.images.has(unit.spec.image))
    return { kind: 'not-found', detail: `image ${unit.spec.image} is not on this host` } as const;
  return undefined;
}

/** Undoes what an interrupted replacement left, so that at most `main` (and `old` beside the right `main`) remain. */
function tidy(stage: Stage, unit: ContainerUnit, mine: readonly MemoryContainer[]): MemoryContainer | undefined {
  const next = mine.find(({ slot }) => slot === 'next');
  if (next !== undefined) remove(stage, next);
  const main = mine.find(({ slot }) => slot === 'main');
  const old = mine.find(({ slot }) => slot === 'old');
  if (old === undefined) return main;
  if (main !== undefined && main.digest === unit.digest) return main;
  if (main !== undefined) remove(stage, main);
  rename(stage, old, unit.name, 'main');
  return old;
}

function setAside(stage: Stage, current: MemoryContainer): void {
  stop(stage, current);
  rename(stage, current, `${current.name}.old`, 'old');
}

/** `docker create`, under the name of the next one. */
export function create(stage: Stage, unit: ContainerUnit): MemoryContainer {
  const { world, context } = stage;
  stage.step(`create ${unit.name}.next`);
  const container: MemoryContainer = {
    id: `c${world.nextId++}`,
    name: `${unit.name}.next`,
    unit: unit.id,
    digest: unit.digest,
    platform: context.scope.platform,
    deployment: context.scope.deployment,
    slot: 'next',
    spec: unit.spec,
    state: 'created',
    startedAt: 0,
    createdAt: stage.clock.now(),
    networks: world.networks.filter(({ name }) => name in unit.spec.networks).map(({ id }) => id),
  };
  world.containers.push(container);
  return container;
}

/** Starts `fresh`, waits for the gate, and either lets it take over from `old` or puts `old` back. */
async function finish(
  stage: Stage,
  unit: ContainerUnit,
  fresh: MemoryContainer,
  old: MemoryContainer | undefined,
): Promise<Outcome> {
  if (fresh.state !== 'running') start(stage, fresh);
  const sick = await gate(stage, unit, fresh);
  if (sick !== undefined) return giveUp(stage, unit, fresh, old, sick);
  if (old !== undefined && old.slot === 'main') setAside(stage, old);
  if (fresh.slot === 'next') rename(stage, fresh, unit.name, 'main');
  if (old !== undefined) remove(stage, old);
  return { kind: 'done', liveId: fresh.id };
}

/** Undefined when healthy; else what a person needs to know. */
async function gate(stage: Stage, unit: ContainerUnit, container: MemoryContainer): Promise<string | undefined> {
  const { clock, context } = stage;
  for (;;) {
    const life = lifeOf(container, stage.behaviour, clock.now());
    if (life.state === 'restarting')
      return `${unit.name} ended with exit code ${life.exitCode ?? 1} soon after its start`;
    if (life.health === 'healthy') return undefined;
    if (life.health === 'none' && clock.now() - container.startedAt >= settleMs) return undefined;
    if (life.health === 'unhealthy')
      return `${unit.name} did not become healthy within ${Math.round((clock.now() - container.startedAt) / 1000)} s`;
    if (context.signal.aborted) return `${unit.name} was not seen healthy: the wait was cancelled`;
    context.progress(`waiting until ${unit.name} is healthy`);
    await clock.sleep(lookMs, context.signal);
  }
}

function giveUp(
  stage: Stage,
  unit: ContainerUnit,
  fresh: MemoryContainer,
  old: MemoryContainer | undefined,
  detail: string,
): Outcome {
  const kind = stage.context.signal.aborted ? 'cancelled' : 'rejected';
  const failure = { kind, detail } as const;
  if (kind === 'cancelled') return { kind: 'failed', failure };
  const logs = [`${unit.key}: last line of the log`];
  if (old === undefined) {
    stop(stage, fresh);
    return { kind: 'failed', failure, restored: false, logs };
  }
  remove(stage, fresh);
  if (old.slot === 'old') rename(stage, old, unit.name, 'main');
  if (old.state !== 'running') start(stage, old);
  return { kind: 'failed', failure, restored: true, logs };
}

/** `docker start`. */
export function start(stage: Stage, container: MemoryContainer): void {
  stage.step(`start ${container.name}`);
  container.state = 'running';
  container.startedAt = stage.clock.now();
  delete container.exitCode;
}

export function stop(stage: Stage, container: MemoryContainer): void {
  stage.step(`stop ${container.name}`);
  container.state = 'exited';
  container.finishedAt = stage.clock.now();
  container.exitCode = 0;
}

export function rename(stage: Stage, container: MemoryContainer, name: string, slot: MemoryContainer['slot']): void {
  stage.step(`rename ${container.name} to ${name}`);
  container.name = name;
  container.slot = slot;
}

/** `docker rm -f`. */
export function remove(stage: Stage, container: MemoryContainer): void {
  stage.step(`remove ${container.name}`);
  stage.world.containers.splice(stage.world.containers.indexOf(container), 1);
}
