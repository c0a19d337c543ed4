import type { ContainerUnit } from '../model/desired.ts';
import type { UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import { lifeOf } from './observe.ts';
import { create, refusal, remove, rename, type Stage, start, stop } from './replace.ts';

/** A fresh container in place of that of the last run; started unless it waits for its time. */
export async function makeJob(
  stage: Stage,
  unit: ContainerUnit,
  sees: readonly string[],
  isStarted: boolean,
): Promise<Outcome> {
  const mine = stage.world.containers.filter(
    (item) => item.unit === unit.id && item.deployment === stage.context.scope.deployment,
  );
  const fresh = mine.find(({ id }) => !sees.includes(id));
  if (fresh !== undefined)
    return fresh.digest === unit.digest && fresh.startedAt > 0
      ? { kind: 'done', liveId: fresh.id }
      : { kind: 'stale', detail: `the containers of ${unit.name} are no longer those of the plan` };
  const refused = refusal(stage, unit, mine);
  if (refused !== undefined) return { kind: 'failed', failure: refused };
  const made = create(stage, unit);
  for (const last of mine) remove(stage, last);
  rename(stage, made, unit.name, 'main');
  if (isStarted) start(stage, made);
  return { kind: 'done', liveId: made.id };
}

/** How a run ended; one that had its time is stopped first. */
export async function endJob(stage: Stage, action: Extract<UnitAction, { kind: 'end-job' }>): Promise<Outcome> {
  const { unit, reason } = action;
  const found = stage.world.containers.find(({ id }) => id === action.container);
  if (found === undefined) return { kind: 'stale', detail: `${unit.name} is gone` };
  const { state, exitCode = 0, restarts } = lifeOf(found, stage.behaviour, stage.clock.now());
  const failed = (detail: string): Outcome => ({
    kind: 'failed',
    failure: { kind: 'rejected', detail },
    logs: [`${unit.key}: last line of the log`],
  });
  if (state === 'running') {
    if (action.why === 'ended') return { kind: 'stale', detail: `${unit.name} runs again` };
    stop(stage, found);
    return failed(`was stopped, because ${reason}; raise schedule.timeout`);
  }
  if (exitCode === 0) return { kind: 'done', liveId: found.id, detail: 'ended well' };
  return failed(`ended with code ${exitCode}${restarts === 0 ? '' : `, ${restarts + 1} times in a row`}`);
}
