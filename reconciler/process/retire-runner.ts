import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../model/record.ts';
import { redact } from '../model/redact.ts';
import type { ActContext } from '../ports/engine.ts';
import type { ProcessHost } from './process-host.ts';
import { isAlive, type ProcessIdentity, processesIn, send } from './process-identity.ts';
import { deploymentFolder, lastLogLines, noteDraining, type RunnerFolder, readRunnerFolders } from './runner-folder.ts';
import { idOf } from './runner-id.ts';

const POLL_MS = 100;
/** Lines that are kept of a runner that ended with an error. */
const LOG_LINES = 20;

/**
 * SIGTERM, by which the runner takes no new job and finishes the one it has; waits at most `graceMs`, then ends it and
 * removes its folder with the credential in it. One that has ended already is only removed.
 */
export async function retireRunner(
  host: ProcessHost,
  runner: string,
  graceMs: number,
  context: ActContext,
): Promise<Outcome> {
  const folder = readRunnerFolders(deploymentFolder(host.directory, context.scope)).find(
    (candidate) => idOf(candidate) === runner,
  );
  if (folder === undefined) return { kind: 'done', detail: 'gone already' };
  if (folder.process !== undefined && folder.alive) {
    noteDraining(folder.path);
    context.progress(`waiting until runner ${folder.record.name} has ended`);
    send(folder.process, 'SIGTERM');
    const ended = await waitForEnd(host, folder.process, graceMs, context.signal);
    if (!ended && context.signal.aborted) {
      return { kind: 'failed', failure: { kind: 'cancelled', detail: `runner ${folder.record.name} is still ending` } };
    }
    if (!ended) await kill(host, folder, graceMs, context.signal);
  }
  const hasFailed = !folder.alive && (folder.exitCode ?? 0) !== 0;
  const logs = hasFailed ? lastLogLines(folder.path, LOG_LINES).map((line) => redact(line, [])) : undefined;
  await endLeftOvers(host, folder, context.signal);
  rmSync(folder.path, { recursive: true, force: true });
  host.wakeAll();
  return { kind: 'done', ...(logs === undefined ? {} : { logs }) };
}

async function kill(host: ProcessHost, folder: RunnerFolder, graceMs: number, signal: AbortSignal): Promise<void> {
  if (folder.process === undefined) return;
  host.log.warn('process.runner.killed', { runner: folder.record.name, graceMs });
  send(folder.process, 'SIGKILL');
  await waitForEnd(host, folder.process, 5_000, signal);
}

/** Programs that the job left running in its folder. */
async function endLeftOvers(host: ProcessHost, folder: RunnerFolder, signal: AbortSignal): Promise<void> {
  const left = processesIn(join(folder.path, 'home'));
  for (const known of left) send(known, 'SIGKILL');
  for (const known of left) await waitForEnd(host, known, 2_000, signal);
}

async function waitForEnd(
  host: ProcessHost,
  known: ProcessIdentity,
  graceMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const until = host.clock.monotonic() + graceMs;
  while (isAlive(known)) {
    const left = until - host.clock.monotonic();
    if (left <= 0 || signal.aborted) return false;
    await host.clock.sleep(Math.min(POLL_MS, left), signal);
  }
  return true;
}
