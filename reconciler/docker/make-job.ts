import type { UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext } from '../ports/engine.ts';
import { removeContainer, renameContainer, startContainer, stopContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { createNext } from './create-container.ts';
import { WorldError } from './failure.ts';
import { digestOf, isRunning, readSlots } from './slots.ts';
import { startFailure } from './start-failure.ts';

type Action = Extract<UnitAction, { kind: 'apply-container' | 'run-job' }>;

/**
 * Makes the container of a job in place of that of its last run; each run has a fresh one, with its own files and log.
 * `run-job` starts it and does not wait: a run may take hours, and its end is seen by looking. What an interrupted call
 * left is cleared away first.
 */
export async function makeJob(
  docker: DockerContext,
  step: Step,
  action: Action,
  { secret }: ActContext,
): Promise<Outcome> {
  const { unit, sees } = action;
  const { main, next, old } = await readSlots(docker, step, unit.name);
  if (main !== undefined && !sees.includes(main.Id)) {
    if (digestOf(main) === unit.digest && isRunning(main))
      return { kind: 'done', liveId: main.Id, detail: 'started by an earlier run' };
    return { kind: 'stale', detail: `${unit.name} was made anew by someone else meanwhile` };
  }
  for (const left of [next, old])
    if (left !== undefined) await removeContainer(docker.connection, left.Id, step.signal);
  step.progress(`making ${unit.name}`);
  const made = await createNext(docker, step, { unit, announced: true, secret });
  if (main !== undefined) {
    if (isRunning(main)) await stopContainer(docker.connection, main, step.signal);
    await removeContainer(docker.connection, main.Id, step.signal);
  }
  await renameContainer(docker.connection, made.id, unit.name, step.signal);
  if (action.kind === 'run-job') await start(docker, step, action, made.id);
  return { kind: 'done', liveId: made.id };
}

/** One that could not be started leaves nothing behind, so that it is not taken for one that waits for its time. */
async function start(docker: DockerContext, step: Step, { unit }: Action, id: string): Promise<void> {
  step.progress(`starting ${unit.name}`);
  try {
    await startContainer(docker.connection, id, step.signal);
  } catch (error) {
    const why = await startFailure(docker, step, unit, id, error);
    if (error instanceof WorldError && error.status !== undefined)
      await removeContainer(docker.connection, id, AbortSignal.timeout(30_000));
    throw why;
  }
}
