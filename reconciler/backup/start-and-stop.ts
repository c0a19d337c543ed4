import type { Workload } from '../../compiler/model/platform.ts';
import { type BackupContext, BackupFailed, containerName } from './context.ts';

/** Stops the containers of these workloads, the last of them first; what is not there or stopped stays so. */
export async function stopAll(context: BackupContext, workloads: readonly Workload[]): Promise<void> {
  const { platform, hostOf, signal, say } = context;
  for (const { id, host } of workloads.toReversed()) {
    const found = await hostOf(host).find(containerName(platform, id), signal);
    if (found?.isRunning !== true) continue;
    say(`stopping ${id}`);
    await hostOf(host).stop(found.id, signal);
  }
}

/**
 * Starts them one after another and waits until each is as its check wants it. Throws `BackupFailed` for one that ends or
 * takes too long. One that is not there is left out: the platform may not be whole yet.
 */
export async function startAll(context: BackupContext, workloads: readonly Workload[]): Promise<void> {
  const { platform, hostOf, signal, say } = context;
  for (const workload of workloads) {
    const found = await hostOf(workload.host).find(containerName(platform, workload.id), signal);
    if (found === undefined) continue;
    say(`starting ${workload.id}`);
    await hostOf(workload.host).start(found.id, signal);
    await settled(context, workload, found.name);
  }
}

/** Without a check of its own, a program that still runs after this long counts as started. */
const uncheckedMs = 2_000;

async function settled({ hostOf, clock, signal }: BackupContext, workload: Workload, name: string): Promise<void> {
  const { health } = workload;
  const longestMs =
    health === undefined ? uncheckedMs : health.startMs + (health.retries + 1) * (health.intervalMs + health.timeoutMs);
  const begin = clock.monotonic();
  for (;;) {
    const found = await hostOf(workload.host).find(name, signal);
    if (found === undefined || !found.isRunning)
      throw new BackupFailed(
        'failed',
        `${workload.id} ${found?.exit ?? 'is gone'}`,
        `read its log: docker logs ${name}`,
      );
    if (found.health === 'healthy') return;
    const waitedMs = clock.monotonic() - begin;
    if (found.health === undefined && waitedMs >= uncheckedMs) return;
    if (waitedMs > longestMs + uncheckedMs)
      throw new BackupFailed(
        'failed',
        `${workload.id} did not get healthy within ${Math.round(waitedMs / 1000)} s`,
        `read its log: docker logs ${name}`,
      );
    await clock.sleep(250, signal);
  }
}
