import type { ContainerHealth } from '../model/desired.ts';
import { inspectContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import type { InspectedContainer } from './engine-json.ts';
import { explainExit } from './explain-exit.ts';
import { plain, WorldError } from './failure.ts';
import { probe } from './probe.ts';
import { healthOf, startedAt } from './read-container.ts';

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const POLL_MS = 500;
/** A container that answers once and dies is not healthy: it must still run, unrestarted, this much later. */
const SETTLE_MS = 1000;
/** Without a health check, running this long without a restart counts as up. */
const STABLE_MS = 3000;
/** The engine restarts at once, then after 0.1, 0.2, 0.4, 0.8 s: a service that waits for another gets some tries. */
const MAX_RESTARTS = 5;
const DEFAULT_START_MS = 30_000;

/**
 * Waits until a started container is up. Its health command is run every 500 ms by the engine's exec, because engines
 * before API 1.44 look only once per interval; the engine's own verdict counts as well, whichever comes first.
 * At most `limitMs`. Throws `WorldError` when the engine is gone or the action is cancelled.
 */
export async function gate(docker: DockerContext, step: Step, id: string, limitMs: number): Promise<Verdict> {
  const { clock, connection } = docker;
  const began = clock.monotonic();
  let good: { readonly at: number; readonly startedAt: number } | undefined;
  let hung = 0;
  for (;;) {
    const container = await inspectContainer(connection, id, step.signal);
    const bad = container === undefined ? 'was removed by someone else' : fault(container);
    if (bad !== undefined || container === undefined) return { ok: false, reason: bad ?? '' };
    const health = healthOf(container.Config.Healthcheck);
    const running = container.State.Status === 'running';
    let up = running;
    if (running && health !== undefined && container.State.Health?.Status !== 'healthy') {
      const result = hung < 3 ? await probe(connection, id, health, step.signal) : 'failed';
      if (result === 'hung') hung += 1;
      up = result === 'passed';
    }
    const now = clock.monotonic();
    if (!up) good = undefined;
    else if (good?.startedAt !== startedAt(container)) good = { at: now, startedAt: startedAt(container) };
    if (good !== undefined && now - good.at >= (health === undefined ? STABLE_MS : SETTLE_MS)) {
      docker.passed.set(id, good.startedAt);
      return { ok: true };
    }
    const allowedMs = Math.min(limitMs, startBudgetMs(health));
    if (now - began > allowedMs) return { ok: false, reason: notInTime(container, health, allowedMs) };
    await pause(docker, step, POLL_MS);
  }
}

/** Sleeps; throws when the action is cancelled meanwhile. */
export async function pause(docker: DockerContext, step: Step, ms: number): Promise<void> {
  await docker.clock.sleep(ms, step.signal);
  if (step.signal.aborted) throw new WorldError({ kind: 'cancelled', detail: 'cancelled while waiting' });
}

function fault(container: InspectedContainer): string | undefined {
  const status = container.State.Status;
  if (status === 'exited' || status === 'dead' || status === 'removing') return explainExit(container);
  if ((container.RestartCount ?? 0) >= MAX_RESTARTS) return `ends again and again: ${explainExit(container)}`;
  // An engine also calls a container unhealthy that is not running; only a check that was made and failed counts.
  const checked = status === 'running' && (container.State.Health?.Log ?? []).length > 0;
  if (checked && container.State.Health?.Status === 'unhealthy') return `is unhealthy${lastCheck(container)}`;
  return undefined;
}

function startBudgetMs(health: ContainerHealth | undefined): number {
  if (health === undefined) return DEFAULT_START_MS;
  return (health.startMs || DEFAULT_START_MS) + health.timeoutMs + 5000;
}

function notInTime(container: InspectedContainer, health: ContainerHealth | undefined, ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (health === undefined) return `did not stay up within ${seconds} s: ${container.State.Status}`;
  return `did not get healthy within ${seconds} s${lastCheck(container)}; raise health.start if it needs longer`;
}

function lastCheck(container: InspectedContainer): string {
  const last = container.State.Health?.Log?.at(-1);
  if (last === undefined) return '';
  const output = plain(last.Output ?? '').slice(0, 160);
  return ` (check ended with ${last.ExitCode ?? '?'}${output === '' ? '' : `: ${output}`})`;
}
