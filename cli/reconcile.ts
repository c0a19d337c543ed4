import type { CycleResult } from '../reconciler/ports/reconciler.ts';
import type { Options } from './commands.ts';
import { exitCode } from './exit-code.ts';
import { problemCode } from './problem-code.ts';
import { createProgress } from './progress.ts';
import { allowedHosts, listenOptions, wireOptions } from './service-options.ts';
import { removeServiceAddress, writeServiceAddress } from './state-folder.ts';
import { explained } from './usage-error.ts';
import { type Wired, type WireOptions, wire } from './wire.ts';
import { listen } from './wire-server.ts';

interface ReconcileOptions extends WireOptions {
  /** Address and port of the HTTP server; port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly allowedHosts: readonly string[];
  /** One cycle, then the end: exit code 0 when all is as it should be, 69 when something could not be read, 1 otherwise. */
  readonly once: boolean;
}

/** `autogit reconcile` from its flags. */
export async function runReconcile(options: Options): Promise<number> {
  try {
    const given = await wireOptions(options);
    return await reconcile({
      ...given,
      // The progress lines tell these, with their duration.
      log: { ...given.log, silent: options.once === true ? [] : ['action.done', 'action.failed'] },
      open: 'make',
      listen: listenOptions(options),
      allowedHosts: allowedHosts(options),
      once: options.once === true,
    });
  } catch (error) {
    return explained(error);
  }
}

/** Runs until SIGTERM or SIGINT, then ends at the next action boundary. Returns the exit code. */
async function reconcile(options: ReconcileOptions): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  let wired: Wired | undefined;
  try {
    wired = await wire(options);
    return options.once ? await runOnce(wired, stop.signal) : await serve(wired, options, stop.signal);
  } finally {
    wired?.close();
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  }
}

async function runOnce({ reconciler }: Wired, signal: AbortSignal): Promise<number> {
  let result = await reconciler.cycle(signal);
  // A roll-back or a changed world asks for another cycle; a bound keeps a flapping world from running for ever.
  for (let count = 0; result.again && count < 5 && !signal.aborted; count += 1) result = await reconciler.cycle(signal);
  return cycleCode(result);
}

/** Failed actions come first, then what could not be read: that is the world's fault and tried again. */
function cycleCode({ problem, outcomes, unread = [], clean }: CycleResult): number {
  if (Object.values(outcomes).some(({ kind }) => kind === 'failed')) return exitCode.failed;
  if (problem !== undefined) return problemCode(problem);
  if (unread.length > 0) return exitCode.unavailable;
  return clean ? exitCode.fine : exitCode.failed;
}

async function serve(wired: Wired, options: ReconcileOptions, signal: AbortSignal): Promise<number> {
  const { reconciler, log } = wired;
  const { server, token } = await listen(wired, { ...options.listen, allowedHosts: options.allowedHosts });
  const unfollow = options.log.format === 'text' ? followProgress(wired) : () => {};
  try {
    if (options.state !== ':memory:')
      await writeServiceAddress(options.state, { address: server.address, token, pid: process.pid });
    log.info('service.started', { address: server.address, embedded: options.embedded });
    await reconciler.run(signal);
    log.info('service.stopped');
    return exitCode.fine;
  } finally {
    unfollow();
    if (options.state !== ':memory:') await removeServiceAddress(options.state);
    await server.close();
  }
}

function followProgress({ reconciler }: Wired): () => void {
  const progress = createProgress({
    write: (text) => void process.stderr.write(text),
    now: () => Date.now(),
    ...(process.stderr.isTTY ? { rows: () => process.stderr.rows } : {}),
  });
  const unsubscribe = reconciler.subscribe((status) => progress.update(status));
  return () => {
    unsubscribe();
    progress.close();
  };
}
