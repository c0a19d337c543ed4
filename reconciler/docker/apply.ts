import type { UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext } from '../ports/engine.ts';
import { applyContainer } from './apply-container.ts';
import { connectContainer, removeUnitContainer, startContainer, updateContainer } from './change-container.ts';
import type { DockerContext, Step } from './context.ts';
import { endJob } from './end-job.ts';
import { WorldError } from './failure.ts';
import { fillFiles } from './fill-files.ts';
import { makeJob } from './make-job.ts';
import { createNetwork, createVolume, removeFiles, removeNetwork } from './networks-and-volumes.ts';
import type { Memory } from './observe.ts';
import { pullImage } from './pull-image.ts';

/** Does one action of a plan. Throws `WorldError`; `outcomeOf` makes a value of it. */
export function applyUnit(
  docker: DockerContext,
  memory: Memory,
  step: Step,
  action: UnitAction,
  context: ActContext,
): Promise<Outcome> {
  switch (action.kind) {
    case 'create-network':
      return createNetwork(docker, step, action);
    case 'create-volume':
      return createVolume(docker, step, action.unit);
    case 'fill-files':
      return fillFiles(docker, step, action.unit, context, memory.verified);
    case 'pull-image':
      return pullImage(docker, step, action.image);
    case 'apply-container':
      return action.unit.job === undefined
        ? applyContainer(docker, step, action, context)
        : makeJob(docker, step, action, context);
    case 'run-job':
      return makeJob(docker, step, action, context);
    case 'end-job':
      return endJob(docker, step, action, context);
    case 'update-container':
      return updateContainer(docker, step, action);
    case 'start-container':
      return startContainer(docker, step, action, context);
    case 'connect-container':
      return connectContainer(docker, step, action);
    case 'remove-container':
      return removeUnitContainer(docker, step, action);
    case 'remove-network':
      return removeNetwork(docker, step, action);
    case 'remove-files':
      return removeFiles(docker, step, action);
  }
}

/** Runs `work` within the budget of the action and turns a failing world into an outcome. Bugs go on throwing. */
export async function outcomeOf(context: ActContext, work: (step: Step) => Promise<Outcome>): Promise<Outcome> {
  const budget = new AbortController();
  const timer = setTimeout(() => budget.abort(), context.deadlineMs);
  const step: Step = {
    scope: context.scope,
    signal: AbortSignal.any([context.signal, budget.signal]),
    cancelled: () => context.signal.aborted,
    progress: (text) => context.progress(text),
  };
  try {
    return inTime(await work(step), context, budget.signal);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return inTime({ kind: 'failed', failure: error.failure }, context, budget.signal);
  } finally {
    clearTimeout(timer);
  }
}

function inTime(outcome: Outcome, context: ActContext, budget: AbortSignal): Outcome {
  if (outcome.kind !== 'failed' || outcome.failure.kind !== 'cancelled' || context.signal.aborted || !budget.aborted)
    return outcome;
  return {
    ...outcome,
    failure: { kind: 'timeout', detail: `not done within ${Math.round(context.deadlineMs / 1000)} s` },
  };
}
