import type { UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext } from '../ports/engine.ts';
import { limitsBody } from './container-body.ts';
import {
  connectNetwork,
  inspectContainer,
  networkIds,
  removeContainer,
  startContainer as start,
  stopContainer,
} from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { rejected } from './failure.ts';
import { gate } from './gate.ts';
import { LABEL } from './labels.ts';
import { lastLogs } from './last-logs.ts';
import { readContainer } from './read-container.ts';
import { assertOurs, isRunning } from './slots.ts';
import { startFailure } from './start-failure.ts';

type Of<K extends UnitAction['kind']> = Extract<UnitAction, { kind: K }>;

const GONE: Outcome = { kind: 'stale', detail: 'the container is gone' };

/**
 * Changes limits and restart policy of a running container. Refused where the engine took the call and changed nothing
 * (a limit cannot be lifted that way): such a container has to be made anew.
 */
export async function updateContainer(
  docker: DockerContext,
  step: Step,
  { unit, container: id }: Of<'update-container'>,
): Promise<Outcome> {
  const before = await inspectContainer(docker.connection, id, step.signal);
  if (before === undefined) return GONE;
  assertOurs(before, step.scope);
  await docker.connection.call('updateContainer', { id, body: limitsBody(unit.spec), signal: step.signal });
  const after = await inspectContainer(docker.connection, id, step.signal);
  if (after === undefined) return GONE;
  const { actual } = readContainer(after, undefined);
  const fields = ['cpus', 'memoryBytes', 'pids', 'restart'] as const;
  const kept = fields.filter((field) => actual[field] !== unit.spec[field]);
  if (kept.length > 0)
    throw rejected(`the engine cannot change ${kept.join(', ')} of the running ${unit.name}: it has to be made anew`);
  return { kind: 'done', liveId: id };
}

/** Starts a container that was stopped or paused by hand, and waits until it is up. It stays when it does not get there. */
export async function startContainer(
  docker: DockerContext,
  step: Step,
  { unit, container: id }: Of<'start-container'>,
  context: ActContext,
): Promise<Outcome> {
  const container = await inspectContainer(docker.connection, id, step.signal);
  if (container === undefined) return GONE;
  assertOurs(container, step.scope);
  if (isRunning(container)) return { kind: 'done', liveId: id, detail: 'runs already' };
  try {
    if (container.State.Paused) await docker.connection.call('unpauseContainer', { id, signal: step.signal });
    else await start(docker.connection, id, step.signal);
  } catch (error) {
    throw await startFailure(docker, step, unit, id, error);
  }
  const verdict = await gate(docker, step, id, context.deadlineMs * 0.9);
  if (verdict.ok) return { kind: 'done', liveId: id };
  const logs = await lastLogs(docker.connection, id, [], step.signal);
  return { kind: 'failed', failure: { kind: 'rejected', detail: `${unit.name} ${verdict.reason}` }, logs };
}

/** Joins the networks that it lacks, or joins again those where it lacks its aliases. */
export async function connectContainer(
  docker: DockerContext,
  step: Step,
  { unit, container: id, networks }: Of<'connect-container'>,
): Promise<Outcome> {
  const container = await inspectContainer(docker.connection, id, step.signal);
  if (container === undefined) return GONE;
  assertOurs(container, step.scope);
  const ids = await networkIds(docker.connection, networks, step.signal);
  for (const name of networks) {
    const request = { network: ids[name] ?? name, container: id, aliases: unit.spec.networks[name] ?? [] };
    await connectNetwork(docker.connection, request, step.signal);
  }
  return { kind: 'done', liveId: id };
}

/** Stops it within its grace period and removes it; its volumes stay. */
export async function removeUnitContainer(
  docker: DockerContext,
  step: Step,
  action: Of<'remove-container'>,
): Promise<Outcome> {
  const container = await inspectContainer(docker.connection, action.container, step.signal);
  if (container === undefined) return { kind: 'done', detail: 'gone already' };
  assertOurs(container, step.scope);
  if (container.Config.Labels?.[LABEL.unit] !== action.unitId)
    return { kind: 'stale', detail: `${action.name} is of another unit now` };
  step.progress(`stopping ${action.name}`);
  await stopContainer(docker.connection, container, step.signal);
  await removeContainer(docker.connection, container.Id, step.signal);
  return { kind: 'done' };
}
