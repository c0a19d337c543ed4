import type { RunnerAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { Failure, Result } from '../model/result.ts';
import type { Clock } from '../ports/clock.ts';
import type { ActContext, Engine } from '../ports/engine.ts';
import type { RunnerService } from '../ports/forge.ts';

export interface RunnerSetting {
  /** Absent when the host is no longer in the file; a registration lies on no host. */
  readonly engine: Engine | undefined;
  /** Absent when the platform has no forge. */
  readonly service: RunnerService | undefined;
  readonly clock: Clock;
  readonly context: ActContext;
  /** Milliseconds between the two readings of a cordoned runner's jobs. */
  readonly gapMs: number;
  /** Milliseconds a runner may take to end. */
  readonly graceMs: number;
}

type Of<Kind extends RunnerAction['kind']> = Extract<RunnerAction, { kind: Kind }>;

/** Does one action on a runner. A runner with a job is never ended; whatever is unknown counts as a job. */
export async function actOnRunner(action: RunnerAction, setting: RunnerSetting): Promise<Outcome> {
  const { service, engine, context } = setting;
  // What has ended needs nothing of the forge: it is cleared away also when the forge is no longer in the file.
  if (action.kind === 'clear-runner') return engine?.retire(action.runner, 0, context) ?? lostHost(action);
  if (service === undefined)
    return failed({ kind: 'rejected', detail: 'the file has no forge that could know this runner' });
  if (action.kind === 'deregister-runner') return deregister(action, setting, service);
  if (engine === undefined) return lostHost(action);
  switch (action.kind) {
    case 'launch-runner':
      return launch(action, engine, setting, service);
    case 'retire-runner':
      return retire(action, engine, setting, service);
  }
}

function lostHost({ host }: RunnerAction): Outcome {
  return { kind: 'stale', detail: `host ${host} is no longer in the file` };
}

/** A registration without a runner would attract jobs that nobody takes, so a failed launch takes it back. */
async function launch(
  action: Of<'launch-runner'>,
  engine: Engine,
  { context }: RunnerSetting,
  service: RunnerService,
): Promise<Outcome> {
  context.progress(`registering ${action.name}`);
  const credential = await service.register({ name: action.name, labels: action.labels }, context.signal);
  if (!credential.ok) return failed(credential.failure);
  context.progress(`starting ${action.name}`);
  const outcome = await engine.launch(action, credential.value, context);
  if (outcome.kind === 'done') return outcome;
  const removed = await service.remove(credential.value.forgeId, context.signal);
  if (removed.ok || outcome.kind !== 'failed') return outcome;
  const { failure } = outcome;
  return failed({
    ...failure,
    detail: `${failure.detail}; its registration is swept later (${removed.failure.detail})`,
  });
}

/**
 * Cordon, read the jobs twice at least one poll of the runner apart, deregister, stop. The forge deletes a busy runner
 * without complaint and the job is then lost (Gitea 1.26: 204), so the guard is the reading of the jobs.
 */
async function retire(
  action: Of<'retire-runner'>,
  engine: Engine,
  setting: RunnerSetting,
  service: RunnerService,
): Promise<Outcome> {
  const { context, graceMs } = setting;
  const found = await registrationOf(action, service, context.signal);
  if (!found.ok) return failed(found.failure);
  const forgeId = found.value;
  if (forgeId !== undefined) {
    const free = await freeOfJobs(forgeId, setting, service);
    if (free.kind !== 'done') return free;
    const removed = await service.remove(forgeId, context.signal);
    if (!removed.ok && removed.failure.kind !== 'not-found') return failed(removed.failure);
  }
  return engine.retire(action.runner, graceMs, context);
}

async function registrationOf(
  { forgeId, name }: Of<'retire-runner'>,
  service: RunnerService,
  signal: AbortSignal,
): Promise<Result<string | undefined>> {
  if (forgeId !== undefined) return { ok: true, value: forgeId };
  const list = await service.list(signal);
  return list.ok ? { ok: true, value: list.value.find((runner) => runner.name === name)?.id } : list;
}

async function freeOfJobs(forgeId: string, setting: RunnerSetting, service: RunnerService): Promise<Outcome> {
  const { clock, context, gapMs } = setting;
  const cordoned = await service.cordon(forgeId, context.signal);
  // Gone already: a one-job runner whose job is over.
  if (!cordoned.ok) return cordoned.failure.kind === 'not-found' ? { kind: 'done' } : failed(cordoned.failure);
  for (const reading of ['first', 'second'] as const) {
    if (reading === 'second') await clock.sleep(gapMs, context.signal);
    if (context.signal.aborted)
      return failed({ kind: 'cancelled', detail: 'stopped before it was sure that no job runs; nothing was removed' });
    const jobs = await service.runningJobs(forgeId, context.signal);
    if (!jobs.ok) return failed(jobs.failure);
    if (jobs.value.length > 0)
      return { kind: 'stale', detail: `job ${jobs.value[0]} runs on it; it ends by itself after that` };
  }
  return { kind: 'done' };
}

async function deregister(
  action: Of<'deregister-runner'>,
  { context }: RunnerSetting,
  service: RunnerService,
): Promise<Outcome> {
  const jobs = await service.runningJobs(action.forgeId, context.signal);
  if (!jobs.ok && jobs.failure.kind !== 'not-found') return failed(jobs.failure);
  if (jobs.ok && jobs.value.length > 0) return { kind: 'stale', detail: `job ${jobs.value[0]} runs on it` };
  const removed = await service.remove(action.forgeId, context.signal);
  return removed.ok || removed.failure.kind === 'not-found' ? { kind: 'done' } : failed(removed.failure);
}

function failed(failure: Failure): Outcome {
  return { kind: 'failed', failure };
}
