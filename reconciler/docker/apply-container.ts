import type { UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext } from '../ports/engine.ts';
import { inspectContainer, removeContainer, renameContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import type { InspectedContainer } from './engine-json.ts';
import { rejected } from './failure.ts';
import { gate } from './gate.ts';
import { finish, giveUp, putBack, replace, takeOver } from './replace.ts';
import { digestOf, isRunning, oldName, readSlots, type Slots } from './slots.ts';

type Action = Extract<UnitAction, { kind: 'apply-container' }>;

/**
 * Makes or replaces the container of a unit. First finishes or undoes what an interrupted run left; what such a run had
 * already made for this very unit is done, not made again.
 */
export async function applyContainer(
  docker: DockerContext,
  step: Step,
  action: Action,
  context: ActContext,
): Promise<Outcome> {
  const { unit } = action;
  const limitMs = Math.max(5000, context.deadlineMs * 0.7);
  const slots = await readSlots(docker, step, unit.name);
  const main = slots.main;
  if (main !== undefined && !action.sees.includes(main.Id)) {
    if (digestOf(main) !== unit.digest)
      return { kind: 'stale', detail: `${unit.name} was replaced by someone else meanwhile` };
    if (isRunning(main) && slots.next === undefined) return alreadyThere(docker, step, slots, main);
  }
  const settled = await settle(docker, step, { action, slots, limitMs });
  if (settled.outcome !== undefined) return settled.outcome;
  return replace(docker, step, { unit, main: settled.main, secret: context.secret, limitMs });
}

async function alreadyThere(
  docker: DockerContext,
  step: Step,
  { old }: Slots,
  main: InspectedContainer,
): Promise<Outcome> {
  if (old !== undefined) await removeContainer(docker.connection, old.Id, step.signal);
  return { kind: 'done', liveId: main.Id, detail: 'made by an earlier run' };
}

interface Leftovers {
  readonly action: Action;
  readonly slots: Slots;
  readonly limitMs: number;
}

interface Settled {
  /** The container to replace. */
  readonly main?: InspectedContainer;
  /** Set when the interrupted replacement was brought to its end. */
  readonly outcome?: Outcome;
}

/** Brings the three names back to at most one; `Slots` says what each combination means. */
async function settle(docker: DockerContext, step: Step, job: Leftovers): Promise<Settled> {
  const { unit } = job.action;
  const { main, next, old } = job.slots;
  if (next !== undefined && digestOf(next) === unit.digest && isRunning(next)) {
    return { outcome: await resume(docker, step, job, next) };
  }
  if (main !== undefined) {
    if (old !== undefined) await removeContainer(docker.connection, old.Id, step.signal);
    if (next === undefined) return { main };
    if (isRunning(next) && !isRunning(main)) return { main: await promote(docker, step, job, next, main) };
    await removeContainer(docker.connection, next.Id, step.signal);
    await putBack(docker, step, unit, main);
    return { main: (await inspectContainer(docker.connection, main.Id, step.signal)) ?? main };
  }
  if (next !== undefined) await removeContainer(docker.connection, next.Id, step.signal);
  if (old === undefined) return {};
  await renameContainer(docker.connection, old.Id, unit.name, step.signal);
  return { main: (await inspectContainer(docker.connection, old.Id, step.signal)) ?? old };
}

/** The new container runs already, perhaps in service: judge it, then go on from there. */
async function resume(docker: DockerContext, step: Step, job: Leftovers, next: InspectedContainer): Promise<Outcome> {
  const { unit } = job.action;
  const previous = job.slots.main ?? job.slots.old;
  step.progress(`going on with ${unit.name} where an earlier run stopped`);
  try {
    const verdict = await gate(docker, step, next.Id, job.limitMs);
    if (!verdict.ok) throw rejected(`${unit.name} ${verdict.reason}`);
    if (previous !== undefined && unit.replace === 'start-first') await takeOver(docker, step, unit, next.Id, previous);
  } catch (error) {
    return giveUp(docker, step, { unit, main: previous, next: next.Id, error, secrets: [] });
  }
  if (job.slots.main !== undefined && job.slots.old !== undefined)
    await removeContainer(docker.connection, job.slots.old.Id, step.signal);
  return finish(docker, step, unit, next.Id, previous?.Id);
}

/** An interrupted take-over to a revision that is not wanted any more: what serves now becomes main, and is replaced in turn. */
async function promote(
  docker: DockerContext,
  step: Step,
  job: Leftovers,
  next: InspectedContainer,
  main: InspectedContainer,
): Promise<InspectedContainer> {
  const { unit } = job.action;
  await renameContainer(docker.connection, main.Id, oldName(unit.name), step.signal);
  await renameContainer(docker.connection, next.Id, unit.name, step.signal);
  await removeContainer(docker.connection, main.Id, step.signal);
  return (await inspectContainer(docker.connection, next.Id, step.signal)) ?? next;
}
