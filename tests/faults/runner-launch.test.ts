import { describe, expect, it } from 'vitest';
import { createStage, type Stage } from '../fakes/stage.ts';

const file = `name: home
domain: home.lan
forge: gitea
runners:
  linux: { labels: [docker], size: { max: 4 }, limits: { cpus: 1, memory: 1Gi } }
`;

/** A stage whose platform runs, with three jobs waiting, and every name that was asked to be registered. */
async function arrange(): Promise<{ readonly stage: Stage; readonly names: string[]; cycle(): Promise<unknown> }> {
  const stage = createStage();
  const names: string[] = [];
  const service = stage.forge.ports.runnerService;
  if (service === undefined) throw new Error('the forge has runners');
  const { register } = service;
  Object.assign(service, {
    register: (request: { readonly name: string; readonly labels: readonly string[] }, signal: AbortSignal) => {
      names.push(request.name);
      return register(request, signal);
    },
  });
  const cycle = () => {
    stage.clock.advance(5000);
    return stage.clock.run(stage.reconciler.cycle());
  };
  stage.commit(file);
  await cycle();
  stage.forge.queue(3, 'docker');
  return { stage, names, cycle };
}

const memoryOf = (stage: Stage) => stage.store.pools().linux;

describe('a runner that cannot be launched', () => {
  it('counts once per cycle, whatever refused it, and is told with its reason', async () => {
    const { stage, cycle } = await arrange();
    stage.forge.refusal = { kind: 'rejected', detail: 'the forge answered 500' };
    await cycle();
    expect(memoryOf(stage)).toMatchObject({
      failures: [stage.clock.now()],
      lastFailure: { runner: 'home-linux-3', detail: 'did not start: the forge answered 500' },
    });
    stage.forge.refusal = undefined;
    stage.fault = (call) =>
      call.startsWith('launch ')
        ? { kind: 'rejected', detail: `runner ${call.slice('launch '.length)} ended at once with code 2` }
        : undefined;
    await cycle();
    expect(memoryOf(stage)).toMatchObject({
      failures: { length: 2 },
      lastFailure: { runner: 'home-linux-6', detail: 'ended at once with code 2' },
    });
    expect(stage.reconciler.status().pools[0]?.lastFailure?.detail).toBe('ended at once with code 2');
  });

  it('is tried less and less often, and without a pause once one came up', async () => {
    const { stage, names, cycle } = await arrange();
    stage.forge.refusal = { kind: 'rejected', detail: 'no' };
    for (let count = 0; count < 60; count += 1) await cycle();
    // Two tries of three at once, then one after 10, 20, 40, 80, 160 s: 300 s in all.
    expect(names.length).toBeLessThanOrEqual(6 + 6);
    expect(names.length).toBeGreaterThanOrEqual(6 + 4);
    stage.forge.refusal = undefined;
    for (let count = 0; count < 70 && stage.world().runners.length === 0; count += 1) await cycle();
    stage.forge.assign(() => true);
    await cycle();
    expect(memoryOf(stage)).toMatchObject({ failures: [] });
    expect(memoryOf(stage)?.lastFailure).toBeUndefined();
    expect(stage.world().runners).toHaveLength(3);
  });

  it.each(['before', 'after'] as const)(
    'gives no name twice when the reconciler dies %s it noted to start it',
    async (when) => {
      const { stage, names, cycle } = await arrange();
      let intents = 0;
      stage.atStoreWrite = (call, at) => {
        if (call === 'intend' && at === when && ++intents === 2) throw new Error('killed');
      };
      await expect(cycle()).rejects.toThrow('killed');
      stage.atStoreWrite = undefined;
      const before = new Set(names);
      stage.restart();
      await cycle();
      await cycle();
      expect(names.length).toBe(new Set(names).size);
      expect(names.length).toBeGreaterThan(before.size);
      expect(stage.world().runners.map(({ name }) => name)).toEqual([
        ...new Set(stage.world().runners.map(({ name }) => name)),
      ]);
    },
  );

  it('leaves the pool alone when it was only cancelled', async () => {
    const { stage } = await arrange();
    stage.clock.advance(5000);
    stage.fault = (call) => (call.startsWith('launch ') ? { kind: 'cancelled', detail: 'stopped' } : undefined);
    await stage.clock.run(stage.reconciler.cycle());
    expect(memoryOf(stage)?.failures).toEqual([]);
  });
});
