import type { UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext } from '../ports/engine.ts';
import { inspectContainer, stopContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { secretValues } from './create-container.ts';
import type { InspectedContainer } from './engine-json.ts';
import { explainExit } from './explain-exit.ts';
import { WorldError } from './failure.ts';
import { lastLogs } from './last-logs.ts';
import { moment, startedAt } from './read-container.ts';
import { assertOurs } from './slots.ts';

type Action = Extract<UnitAction, { kind: 'end-job' }>;

/**
 * Tells how the run of a job ended, with its last lines when it failed. One that had its time is stopped first, which
 * also keeps the engine from trying it again. The container stays: its log can be read until the next run.
 */
export async function endJob(docker: DockerContext, step: Step, action: Action, context: ActContext): Promise<Outcome> {
  const { unit, container: id, why } = action;
  const found = await inspectContainer(docker.connection, id, step.signal);
  if (found === undefined) return { kind: 'stale', detail: `${unit.name} is gone` };
  assertOurs(found, step.scope);
  const isOver = found.State.Status === 'exited' || found.State.Status === 'dead';
  if (isOver || why === 'ended') {
    if (!isOver || startedAt(found) !== action.startedAt) return { kind: 'stale', detail: `${unit.name} runs again` };
    if ((found.State.ExitCode ?? 0) === 0) return { kind: 'done', liveId: id, detail: `ended well${tookText(found)}` };
    return failed(docker, step, action, context, `${explainExit(found)}${triesText(found)}`);
  }
  step.progress(`stopping ${unit.name}`);
  await stopContainer(docker.connection, found, step.signal);
  return failed(docker, step, action, context, `was stopped, because ${action.reason}; raise schedule.timeout`);
}

function tookText(container: InspectedContainer): string {
  const ms = moment(container.State.FinishedAt) - startedAt(container);
  return ms > 0 ? ` after ${Math.ceil(ms / 1000)} s` : '';
}

function triesText({ RestartCount: restarts = 0 }: InspectedContainer): string {
  return restarts === 0 ? '' : `, ${restarts + 1} times in a row`;
}

async function failed(
  docker: DockerContext,
  step: Step,
  { unit, container }: Action,
  { secret }: ActContext,
  detail: string,
): Promise<Outcome> {
  const failure = { kind: 'rejected', detail } as const;
  try {
    const secrets = Object.values(await secretValues({ unit, secret }));
    return { kind: 'failed', failure, logs: await lastLogs(docker.connection, container, secrets, step.signal) };
  } catch (error) {
    // Without its secrets a log cannot be made safe to show.
    if (!(error instanceof WorldError)) throw error;
    return { kind: 'failed', failure, logs: [] };
  }
}
