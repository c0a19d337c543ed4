import type { Action, UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext } from '../ports/engine.ts';
import type { ActRequest } from './act.ts';
import { actOnRunner } from './runners.ts';

/** How long an engine may take to stop waiting after its time is up, milliseconds. */
const stopMs = 5000;

/** Does one action within its time; an engine that does not come back counts as one that timed out. */
export async function runAction(request: ActRequest, action: Action): Promise<Outcome> {
  const { clock, limits, signal } = request;
  const late = new AbortController();
  const done = new AbortController();
  const limit = AbortSignal.any([signal, late.signal]);
  const timeUp = clock.sleep(limits.actionMs, done.signal).then(async (): Promise<Outcome> => {
    late.abort();
    await clock.sleep(stopMs, done.signal);
    const detail = `not done after ${Math.round(limits.actionMs / 1000)} s; the next cycle looks what became of it`;
    return { kind: 'failed', failure: { kind: 'timeout', detail } };
  });
  try {
    return await Promise.race([perform(request, action, limit), timeUp]);
  } finally {
    done.abort();
  }
}

async function perform(request: ActRequest, action: Action, signal: AbortSignal): Promise<Outcome> {
  const context: ActContext = {
    scope: request.scope,
    signal,
    deadlineMs: request.limits.actionMs,
    progress: (detail) => request.onProgress({ action, state: 'running', detail }),
    secret: request.secret,
  };
  const engine = request.engineOf(action.host);
  if (isUnitAction(action)) {
    return engine?.apply(action, context) ?? { kind: 'stale', detail: `host ${action.host} is no longer in the file` };
  }
  const { clock, service, limits } = request;
  return actOnRunner(action, {
    engine,
    service,
    clock,
    context,
    gapMs: limits.retireGapMs,
    graceMs: limits.retireGraceMs,
  });
}

function isUnitAction(action: Action): action is UnitAction {
  return 'unit' in action || 'unitId' in action || action.kind === 'pull-image';
}
