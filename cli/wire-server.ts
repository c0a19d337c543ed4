import { randomBytes } from 'node:crypto';
import { readAssets } from '../reconciler/serve/assets.ts';
import { type RunningServer, startServer } from '../reconciler/serve/server.ts';
import { dashboardFolder } from './dashboard-folder.ts';
import { Unavailable } from './usage-error.ts';
import type { Wired } from './wire.ts';

export interface Listening {
  readonly server: RunningServer;
  /** What `POST` routes ask for; new at each start. */
  readonly token: string;
}

/** Serves health, metrics, status and dashboard of a reconciler. Throws `Unavailable` when the address cannot be had. */
export async function listen(
  { reconciler, store, log }: Wired,
  options: { readonly host: string; readonly port: number; readonly allowedHosts: readonly string[] },
): Promise<Listening> {
  const { host, port, allowedHosts } = options;
  const token = randomBytes(32).toString('base64url');
  try {
    const server = await startServer({
      host,
      port,
      allowedHosts,
      assets: await readAssets(dashboardFolder()),
      token,
      status: reconciler.status,
      subscribe: reconciler.subscribe,
      decisions: (pool, limit) => store.decisions(pool, limit),
      plan: () => reconciler.plan(),
      applyPlan: (digest) => reconciler.applyPlan(digest),
      wake: reconciler.wake,
      applied: () => store.revisions(100).find(({ source }) => source !== undefined),
      log,
    });
    return { server, token };
  } catch (error) {
    const sentence = refusal((error as NodeJS.ErrnoException).code, host, port);
    throw sentence === undefined ? error : new Unavailable(sentence);
  }
}

function refusal(code: string | undefined, host: string, port: number): string | undefined {
  if (code === 'EADDRINUSE')
    return `port ${port} of ${host} is taken by another program; name another with --port, 0 takes a free one`;
  if (code === 'EACCES') return `port ${port} may not be opened by this user; name one above 1023 with --port`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host} is no address of this machine; correct --listen`;
  return undefined;
}
