import type { Platform } from '../../compiler/model/platform.ts';
import type { Demand, ForgeRunner } from '../model/load.ts';
import type { Reading } from '../model/reading.ts';
import { fail, type Result } from '../model/result.ts';
import type { HostState } from '../model/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { Scope } from '../ports/engine.ts';
import type { Engines, ForgePorts } from '../ports/reconciler.ts';
import { withDeadline } from './deadline.ts';

/** All that was read of the world in one cycle. */
export interface World {
  readonly hosts: Readonly<Record<string, Reading<HostState>>>;
  readonly demand: Reading<Demand>;
  readonly forgeRunners: Reading<readonly ForgeRunner[]>;
}

export interface ObserveRequest {
  readonly platform: Platform;
  /** Host ids that matter in this cycle. */
  readonly hosts: readonly string[];
  readonly forge: ForgePorts;
  readonly scope: Scope;
  /** Engine id that a host had before, by host id: another one means that another machine answers. */
  readonly knownEngines: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Observer {
  /** Reads everything at once, each part with its own deadline. Writes nothing. */
  observe(request: ObserveRequest): Promise<World>;
}

/** Keeps the last good value of each reading, so that a failed one is stale instead of unknown. */
export function createObserver(options: {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly observeMs: number;
}): Observer {
  const { engines, clock, observeMs } = options;
  const lastGood = new Map<string, { readonly value: unknown; readonly at: number }>();

  async function read<T>(
    key: string,
    what: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Reading<T>> {
    const result = await withDeadline(clock, { ms: observeMs, what, signal }, work);
    const at = clock.now();
    if (result.ok) {
      lastGood.set(key, { value: result.value, at });
      return { kind: 'fresh', value: result.value, at };
    }
    const known = lastGood.get(key);
    return known === undefined
      ? { kind: 'failed', failure: result.failure, at }
      : { kind: 'stale', value: known.value as T, at: known.at, failure: result.failure };
  }

  async function readHost(request: ObserveRequest, id: string): Promise<Reading<HostState>> {
    const host = request.platform.hosts.find((item) => item.id === id);
    return read(`host ${id}`, `reading host ${id}`, request.signal, async (signal) => {
      if (host === undefined) return fail('not-found', `host ${id} is not in the file`);
      const result = await engines.of(host).observe(request.scope, signal);
      const known = request.knownEngines[id];
      if (!result.ok || known === undefined || known === result.value.engine.id) return result;
      const seen = result.value.engine.id;
      return fail(
        'rejected',
        `another engine answers for host ${id} (${seen}, before ${known}); if the machine was replaced on purpose, give it another id under hosts`,
      );
    });
  }

  async function observe(request: ObserveRequest): Promise<World> {
    const { forge, signal, platform } = request;
    const noForge = fail('rejected', 'the file has no forge to read jobs from');
    const reads = platform.pools.length > 0;
    const unread: Reading<never> = { kind: 'failed', failure: noForge.failure, at: clock.now() };
    const [hosts, demand, forgeRunners] = await Promise.all([
      Promise.all(request.hosts.map(async (id) => [id, await readHost(request, id)] as const)),
      reads
        ? read(
            'demand',
            'reading the job queue',
            signal,
            async (limit) => (await forge.loadSource?.read(limit)) ?? noForge,
          )
        : unread,
      reads
        ? read(
            'runners',
            'reading the runners of the forge',
            signal,
            async (limit) => (await forge.runnerService?.list(limit)) ?? noForge,
          )
        : unread,
    ]);
    return { hosts: Object.fromEntries(hosts), demand, forgeRunners };
  }

  return { observe };
}
