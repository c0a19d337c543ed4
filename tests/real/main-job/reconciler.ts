import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readServiceAddress } from '../../../cli/state-folder.ts';
import type { Status } from '../../../reconciler/model/status.ts';

export interface ReconcilerOptions {
  /** The bundle, as people run it. */
  readonly program: string;
  readonly args: readonly string[];
  readonly state: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
}

/** The reconciler as its own process, and what it says of itself. */
export interface Reconciler {
  status(): Promise<Status>;
  /** Polls the status until `test` is true; throws with the last sentence after `timeoutMs`. */
  until(what: string, test: (status: Status) => boolean, timeoutMs?: number): Promise<Status>;
  /** SIGKILL: nothing is closed, nothing is written. */
  kill(): Promise<void>;
  /** SIGTERM and the exit code. */
  stop(): Promise<number | null>;
  readonly process: ChildProcess;
}

export async function startReconciler(options: ReconcilerOptions): Promise<Reconciler> {
  const log: WriteStream = createWriteStream(options.log, { flags: 'a' });
  const child = spawn(process.execPath, [options.program, 'reconcile', ...options.args], {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const status = async (): Promise<Status> => {
    const service = await readServiceAddress(options.state);
    if (service === undefined || service.pid !== child.pid) throw new Error('the reconciler has not told its address');
    const answer = await fetch(`${service.address}/api/status`, { signal: AbortSignal.timeout(20_000) });
    return (await answer.json()) as Status;
  };
  return {
    process: child,
    status,
    until: async (what, test, timeoutMs = 120_000) => {
      let last: Status | undefined;
      let failure = '';
      for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(100)) {
        if (child.exitCode !== null)
          throw new Error(`the reconciler ended with ${child.exitCode} (log ${options.log})`);
        last = await status().catch((error: unknown) => {
          failure = String(error);
          return undefined;
        });
        if (last !== undefined && test(last)) return last;
      }
      throw new Error(`not within ${timeoutMs} ms: ${what}; last: ${last === undefined ? failure : summary(last)}`);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function summary(status: Status): string {
  const { sentence, units, pools, plan, history, source } = status;
  const actions = plan?.actions.map((action) => `${action.id} ${action.state} ${action.detail ?? ''}`);
  const bad = units.filter((unit) => unit.state !== 'ok').map((unit) => `${unit.id} ${unit.state} ${unit.detail}`);
  return JSON.stringify(
    {
      sentence,
      source,
      bad,
      actions,
      holds: plan?.holds,
      pools: pools.map(({ series: _, ...pool }) => pool),
      history: history.slice(0, 3),
    },
    null,
    1,
  );
}
