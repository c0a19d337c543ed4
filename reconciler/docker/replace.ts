import type { ContainerUnit } from '../model/desired.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext } from '../ports/engine.ts';
import {
  connectNetwork,
  disconnectNetwork,
  inspectContainer,
  networkIds,
  removeContainer,
  renameContainer,
  startContainer,
  stopContainer,
} from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { createNext } from './create-container.ts';
import type { InspectedContainer } from './engine-json.ts';
import { rejected, WorldError } from './failure.ts';
import { gate } from './gate.ts';
import { lastLogs } from './last-logs.ts';
import { isRunning, oldName } from './slots.ts';
import { portHolder, startFailure } from './start-failure.ts';

/** Time kept back for putting the old container back. */
const RESCUE_MS = 90_000;

/** Both answer for this long, so that a client that looked the name up before `next` had it still finds `main`. */
const OVERLAP_MS = 1000;

export interface Replacement {
  readonly unit: ContainerUnit;
  readonly main: InspectedContainer | undefined;
  readonly secret: ActContext['secret'];
  /** Longest wait for health, milliseconds. */
  readonly limitMs: number;
}

/** Makes the container of `unit` in place of `main`, if any. On failure nothing new stays and `main` is as it was. */
export async function replace(docker: DockerContext, step: Step, job: Replacement): Promise<Outcome> {
  const { unit, main } = job;
  const stopFirst = unit.replace === 'stop-first';
  if (unit.spec.ports.length > 0) {
    const holder = await portHolder(docker, step, unit, main === undefined ? [] : [main.Id]);
    if (holder !== undefined) return failed(holder, main !== undefined && isRunning(main));
  }
  step.progress(`making ${unit.name}`);
  const announced = stopFirst || main === undefined;
  const made = await createNext(docker, step, { unit, announced, secret: job.secret });
  try {
    if (stopFirst && main !== undefined) {
      step.progress(`stopping the old ${unit.name}`);
      await renameContainer(docker.connection, main.Id, oldName(unit.name), step.signal);
      await stopContainer(docker.connection, main, step.signal);
    }
    await start(docker, step, unit, made.id);
    step.progress(`waiting until ${unit.name} is healthy`);
    const verdict = await gate(docker, step, made.id, job.limitMs);
    if (!verdict.ok) throw rejected(`${unit.name} ${verdict.reason}`);
    if (!stopFirst && main !== undefined) await takeOver(docker, step, unit, made.id, main);
  } catch (error) {
    return giveUp(docker, step, { unit, main, error, next: made.id, secrets: made.secrets });
  }
  return finish(docker, step, unit, made.id, main?.Id);
}

/** Last steps of every replacement: the names. Each can be repeated. */
export async function finish(
  docker: DockerContext,
  step: Step,
  unit: ContainerUnit,
  next: string,
  main: string | undefined,
): Promise<Outcome> {
  if (main !== undefined) await renameContainer(docker.connection, main, oldName(unit.name), step.signal);
  await renameContainer(docker.connection, next, unit.name, step.signal);
  if (main !== undefined) await removeContainer(docker.connection, main, step.signal);
  return { kind: 'done', liveId: next };
}

async function start(docker: DockerContext, step: Step, unit: ContainerUnit, id: string): Promise<void> {
  try {
    await startContainer(docker.connection, id, step.signal);
  } catch (error) {
    throw await startFailure(docker, step, unit, id, error);
  }
}

/**
 * Gives the healthy `next` the names that clients use, beside `main`, and then stops `main`. An engine has no call to add
 * an alias to a joined network, so `next` leaves and joins again; no client knows it yet.
 * `main` is not disconnected first: that would leave its open connections hanging, for minutes in a client that pools
 * them. Stopped in place it closes them, and a new connection to it is refused at once, upon which clients try the other
 * address of the name.
 */
export async function takeOver(
  docker: DockerContext,
  step: Step,
  unit: ContainerUnit,
  next: string,
  main: InspectedContainer,
): Promise<void> {
  const named = Object.entries(unit.spec.networks).filter(([, aliases]) => aliases.length > 0);
  const ids = await networkIds(
    docker.connection,
    named.map(([name]) => name),
    step.signal,
  );
  const joined = (await inspectContainer(docker.connection, next, step.signal))?.NetworkSettings?.Networks ?? {};
  for (const [name, aliases] of named) {
    if (aliases.every((alias) => joined[name]?.Aliases?.includes(alias) === true)) continue;
    await disconnectNetwork(docker.connection, ids[name] ?? name, next, step.signal);
    await connectNetwork(docker.connection, { network: ids[name] ?? name, container: next, aliases }, step.signal);
  }
  const ready = await inspectContainer(docker.connection, next, step.signal);
  if (ready === undefined || !isRunning(ready)) throw rejected(`${unit.name} ended while it took over`);
  step.progress(`${unit.name} is healthy; stopping the old one`);
  await docker.clock.sleep(OVERLAP_MS, step.signal);
  await stopContainer(docker.connection, main, step.signal);
}

export interface Abandoned {
  readonly unit: ContainerUnit;
  readonly main: InspectedContainer | undefined;
  readonly next: string;
  readonly error: unknown;
  readonly secrets: readonly string[];
}

/**
 * Removes what was made and puts `main` back. When the engine is gone or AutoGit is told to stop, all stays as it is:
 * the next apply finds it and finishes or undoes it.
 */
export async function giveUp(docker: DockerContext, step: Step, job: Abandoned): Promise<Outcome> {
  const { error, unit, main } = job;
  if (!(error instanceof WorldError)) throw error;
  if (error.failure.kind === 'unreachable' || (error.failure.kind === 'cancelled' && step.cancelled())) throw error;
  const rescue: Step = { ...step, signal: AbortSignal.timeout(RESCUE_MS) };
  // What an engine refuses, for a port that is taken, says nothing of the program; with logs it would be taken for its failure.
  const lines =
    error.status === undefined ? await lastLogs(docker.connection, job.next, job.secrets, rescue.signal) : undefined;
  const logs = lines === undefined ? {} : { logs: lines };
  await removeContainer(docker.connection, job.next, rescue.signal);
  if (main === undefined) return { ...failed(error, undefined), ...logs };
  step.progress(`putting the old ${unit.name} back`);
  return { ...failed(error, await putBack(docker, rescue, unit, main)), ...logs };
}

/** Name and life of the old container; true when it runs. A part that fails is logged and left to drift correction. */
export async function putBack(
  docker: DockerContext,
  step: Step,
  unit: ContainerUnit,
  main: InspectedContainer,
): Promise<boolean> {
  try {
    await renameContainer(docker.connection, main.Id, unit.name, step.signal);
    if (!isRunning(main) && main.State.Status === 'created') return false;
    await startContainer(docker.connection, main.Id, step.signal);
    return true;
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    docker.log.error('docker.restore.failed', { unit: unit.id, detail: error.message });
    return false;
  }
}

function failed(error: WorldError, restored: boolean | undefined): Extract<Outcome, { kind: 'failed' }> {
  return { kind: 'failed', failure: error.failure, ...(restored === undefined ? {} : { restored }) };
}
