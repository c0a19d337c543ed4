import { describe, expect, it } from 'vitest';
import { type ActRequest, act } from '../../reconciler/act/act.ts';
import type { Action, Plan } from '../../reconciler/model/plan.ts';
import type { Outcome } from '../../reconciler/model/record.ts';
import { fail, ok } from '../../reconciler/model/result.ts';
import { StoreDown } from '../../reconciler/model/store-down.ts';
import type { Engine } from '../../reconciler/ports/engine.ts';
import { openStore } from '../../reconciler/record/store.ts';
import { createFakeForge, type FakeForge } from '../fakes/forge.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { createVirtualClock, type VirtualClock } from '../fakes/virtual-clock.ts';

const pull = (name: string, after: readonly string[] = []): Action => ({
  kind: 'pull-image',
  id: name,
  host: 'local',
  reason: 'needed',
  cause: 'file',
  after,
  image: name,
});
const runner = {
  host: 'local',
  reason: 'idle',
  cause: 'load',
  after: [],
  pool: 'linux',
  name: 'home-linux-1',
} as const;
const retireAction: Action = { ...runner, kind: 'retire-runner', id: 'retire', runner: 'r1', forgeId: 'reg-1' };
const launchAction: Action = {
  ...runner,
  kind: 'launch-runner',
  id: 'launch',
  digest: 'd',
  image: 'i',
  labels: ['docker'],
  cpus: 1,
  memoryBytes: 1,
};

interface Setting {
  readonly clock: VirtualClock;
  readonly forge: FakeForge;
  readonly calls: string[];
  run(actions: readonly Action[], change?: Partial<ActRequest>): Promise<Readonly<Record<string, Outcome>>>;
}

function arrange(
  apply: (id: string, clock: VirtualClock) => Promise<Outcome> = async () => ({ kind: 'done' }),
): Setting {
  const clock = createVirtualClock();
  const forge = createFakeForge(clock.now);
  const calls: string[] = [];
  const engine = {
    apply: (action: Action) => apply(action.id, clock),
    launch: (action: Action) => apply(action.id, clock),
    retire: async (id: string) => {
      calls.push(`engine retires ${id}`);
      return { kind: 'done' };
    },
  } as unknown as Engine;
  const store = openStore({ directory: ':memory:', clock, log: silentLog, adoptOnlyWhenNew: false });
  return {
    clock,
    forge,
    calls,
    run: (actions, change = {}) =>
      clock.run(
        act({
          plan: { digest: 'd', revision: 'r', actions, holds: [], decisions: [] } satisfies Plan,
          engineOf: () => engine,
          service: forge.ports.runnerService,
          store,
          clock,
          log: silentLog,
          scope: { platform: 'home', deployment: 'ours' },
          secret: async (id) => fail('not-found', id),
          signal: new AbortController().signal,
          limits: { actionMs: 60_000, retireGapMs: 6000, retireGraceMs: 30_000 },
          onProgress: () => {},
          ...change,
        }),
      ),
  };
}

describe('acting on a plan', () => {
  it('skips only what waits for a failure, however far', async () => {
    const { run } = arrange(async (id) =>
      id === 'bad' ? { kind: 'failed', failure: { kind: 'rejected', detail: 'no' } } : { kind: 'done' },
    );
    const outcomes = await run([pull('a', ['b']), pull('b', ['bad']), pull('bad'), pull('c')]);
    expect(
      Object.entries(outcomes)
        .map(([id, { kind }]) => `${id} ${kind}`)
        .sort(),
    ).toEqual(['a skipped', 'b skipped', 'bad failed', 'c done']);
  });

  it('does at most four things at once on a host', async () => {
    let now = 0;
    let most = 0;
    const { run } = arrange(async (_id, clock) => {
      now += 1;
      most = Math.max(most, now);
      await clock.sleep(1000, new AbortController().signal);
      now -= 1;
      return { kind: 'done' };
    });
    await run(Array.from({ length: 10 }, (_, index) => pull(`p${index}`)));
    expect(most).toBe(4);
  });

  it('gives up on an engine that never comes back, and says so', async () => {
    const { run } = arrange(() => new Promise(() => {}));
    expect(await run([pull('a')])).toEqual({
      a: { kind: 'failed', failure: { kind: 'timeout', detail: expect.stringContaining('not done after 60 s') } },
    });
  });

  it('starts nothing more when it is asked to stop, and ends what runs', async () => {
    const stop = new AbortController();
    const { run } = arrange(async () => {
      stop.abort();
      return { kind: 'done' };
    });
    const outcomes = await run([pull('a'), pull('b', ['a'])], { signal: stop.signal });
    expect(outcomes).toMatchObject({ a: { kind: 'done' }, b: { kind: 'skipped' } });
  });

  it('stops all writes to engines when the store fails, and passes the failure on', async () => {
    const seen: string[] = [];
    const { run, clock } = arrange(async (id) => {
      seen.push(id);
      return { kind: 'done' };
    });
    const store = openStore({ directory: ':memory:', clock, log: silentLog, adoptOnlyWhenNew: false });
    const broken = {
      ...store,
      intend: store.intend,
      conclude: () => {
        throw new StoreDown('io', 'disk full');
      },
    } as typeof store;
    await expect(run([pull('a'), pull('b', ['a'])], { store: broken })).rejects.toThrow('disk full');
    expect(seen).toEqual(['a']);
  });

  it('touches no engine when the intent cannot be written', async () => {
    const seen: string[] = [];
    const { run, clock } = arrange(async (id) => {
      seen.push(id);
      return { kind: 'done' };
    });
    const store = openStore({ directory: ':memory:', clock, log: silentLog, adoptOnlyWhenNew: false });
    const broken = {
      ...store,
      intend: () => {
        throw new StoreDown('io', 'disk full');
      },
    } as typeof store;
    await expect(run([pull('a')], { store: broken })).rejects.toThrow('disk full');
    expect(seen).toEqual([]);
  });
});

describe('acting on runners', () => {
  it('takes the registration back when the launch fails', async () => {
    const { run, forge } = arrange(async () => ({
      kind: 'failed',
      failure: { kind: 'rejected', detail: 'no such image' },
    }));
    expect(await run([launchAction])).toMatchObject({ launch: { kind: 'failed' } });
    expect(forge.runners).toEqual([]);
  });

  it('launches nothing when the forge does not register it', async () => {
    const { run, forge } = arrange(async () => {
      throw new Error('must not be called');
    });
    forge.isDown = true;
    expect(await run([launchAction])).toMatchObject({ launch: { kind: 'failed', failure: { kind: 'unreachable' } } });
  });

  it('retires an idle runner: cordon, two readings a poll apart, deregister, stop', async () => {
    const { run, forge, calls, clock } = arrange();
    forge.runners.push({ id: 'reg-1', name: 'home-linux-1', online: true, disabled: false, labels: [] });
    const before = clock.now();
    expect(await run([retireAction])).toMatchObject({ retire: { kind: 'done' } });
    expect(clock.now() - before).toBeGreaterThanOrEqual(6000);
    expect(forge.runners).toEqual([]);
    expect(calls).toEqual(['engine retires r1']);
  });

  it('leaves a runner alone whose job began between the two readings', async () => {
    const { run, forge, calls } = arrange();
    forge.runners.push({ id: 'reg-1', name: 'home-linux-1', online: true, disabled: false, labels: [] });
    let readings = 0;
    const service = {
      ...forge.ports.runnerService,
      runningJobs: async () => ok(++readings === 1 ? [] : ['job-9']),
    } as NonNullable<ActRequest['service']>;
    expect(await run([retireAction], { service })).toEqual({
      retire: { kind: 'stale', detail: 'job job-9 runs on it; it ends by itself after that' },
    });
    expect(forge.runners).toHaveLength(1);
    expect(calls).toEqual([]);
  });

  it('ends nothing while the jobs of the runner cannot be read', async () => {
    const { run, forge, calls } = arrange();
    forge.runners.push({ id: 'reg-1', name: 'home-linux-1', online: true, disabled: false, labels: [] });
    const service = {
      ...forge.ports.runnerService,
      runningJobs: async () => fail('timeout', 'no answer'),
    } as NonNullable<ActRequest['service']>;
    expect(await run([retireAction], { service })).toMatchObject({
      retire: { kind: 'failed', failure: { kind: 'timeout' } },
    });
    expect(calls).toEqual([]);
  });
});
