import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ContainerUnit } from '../../../reconciler/model/desired.ts';
import type { ObservedContainer } from '../../../reconciler/model/snapshot.ts';
import { api } from './api.ts';
import { available } from './available.ts';
import { type Bench, benchOn, containerUnit, driftOf, mainOf } from './harness.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();

describe.skipIf(!engine.ok)('a job', () => {
  let real: TestEngine;
  let bench: Bench;
  beforeAll(async () => {
    real = await startEngine();
    bench = benchOn(real.url);
  });
  afterAll(async () => {
    bench?.engine.close();
    await real?.stop();
  });

  function job(name: string, script: string, over: Partial<ContainerUnit> = {}, retries = 0): ContainerUnit {
    const { health: _health, ...spec } = containerUnit(name, {
      image: 'autogit-test/plain:1',
      entrypoint: ['sh', '-c'],
      command: [script],
      restart: retries === 0 ? 'no' : `on-failure:${retries}`,
      stopGraceMs: 1000,
    }).spec;
    return { ...containerUnit(name), spec, job: { at: { kind: 'once' }, timeoutMs: 60_000 }, ...over };
  }

  /** The container once it is seen ended, however long the machine takes. */
  async function ended(unit: ContainerUnit): Promise<ObservedContainer> {
    return vi.waitFor(
      async () => {
        const seen = mainOf(await bench.observe(), unit);
        if (seen?.state !== 'exited') throw new Error(`${unit.name} is ${seen?.state}`);
        return seen;
      },
      { timeout: 60_000, interval: 250 },
    );
  }

  const end = (unit: ContainerUnit, seen: ObservedContainer, why: 'ended' | 'timeout' = 'ended') =>
    bench.apply({
      kind: 'end-job',
      unit,
      container: seen.id,
      digest: seen.digest,
      startedAt: seen.startedAt,
      why,
    });

  it('is started and not waited for; its end is told', async () => {
    const unit = job('migrate', 'sleep 2; echo migrated');
    const began = await bench.apply({ kind: 'run-job', unit, sees: [] });
    expect(began).toMatchObject({ kind: 'done', liveId: expect.any(String) });
    const seen = await ended(unit);
    expect(seen).toMatchObject({ exitCode: 0, restarts: 0, digest: unit.digest });
    expect(driftOf(seen, unit.spec)).toEqual([]);
    expect(seen.finishedAt).toBeGreaterThan(seen.startedAt);
    expect(await end(unit, seen)).toMatchObject({
      kind: 'done',
      detail: expect.stringMatching(/^ended well after \d+ s$/),
    });
  });

  it('has a fresh container for each run, so nothing of the last one is in its files or log', async () => {
    const unit = job('fresh', 'test ! -e /tmp/used && touch /tmp/used && echo clean');
    await bench.apply({ kind: 'run-job', unit, sees: [] });
    const first = await ended(unit);
    await bench.apply({ kind: 'run-job', unit, sees: [first.id] });
    const second = await ended(unit);
    expect(second.id).not.toBe(first.id);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect((await bench.observe()).containers.filter(({ unit: id }) => id === unit.id)).toHaveLength(1);
  });

  it('that fails is tried again by the engine as often as it may be, and is told with its last lines, without secrets', async () => {
    bench.secrets.key = 'very-secret-value';
    const failing = job('failing', 'echo "key is $KEY"; echo no such table; exit 7', {}, 2);
    const unit = { ...failing, spec: { ...failing.spec, environment: { KEY: { secret: 'key' } } } };
    await bench.apply({ kind: 'run-job', unit, sees: [] });
    const seen = await ended(unit);
    expect(seen).toMatchObject({ exitCode: 7, restarts: 2 });
    expect(driftOf(seen, unit.spec)).toEqual([]);
    const outcome = await end(unit, seen);
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { kind: 'rejected', detail: 'ended with code 7, 3 times in a row' },
    });
    expect(JSON.stringify(outcome)).toContain('no such table');
    expect(JSON.stringify(outcome)).not.toContain('very-secret-value');
  });

  it('that takes too long is stopped, and the engine does not start it again', async () => {
    const unit = job('endless', 'while :; do sleep 1; done', {}, 3);
    await bench.apply({ kind: 'run-job', unit, sees: [] });
    const seen = mainOf(await bench.observe(), unit);
    if (seen === undefined) throw new Error('it is not there');
    expect(await end(unit, seen, 'timeout')).toMatchObject({
      kind: 'failed',
      failure: { detail: expect.stringContaining('was stopped, because') },
    });
    expect(await ended(unit)).toMatchObject({ restarts: 0 });
  });

  it('that comes at its times is made and waits, and is made anew when another definition asks for it', async () => {
    const scheduled = {
      job: { at: { kind: 'cron', fields: '0 3 * * *', timezone: 'UTC' }, timeoutMs: 60_000 },
    } as const;
    const unit = job('nightly', 'echo done', scheduled);
    const made = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    const seen = mainOf(await bench.observe(), unit);
    expect(seen).toMatchObject({ state: 'created', startedAt: 0, finishedAt: 0 });
    expect(Math.abs((seen?.createdAt ?? 0) - Date.now())).toBeLessThan(120_000);
    expect(driftOf(seen, unit.spec)).toEqual([]);
    const sees = made.kind === 'done' ? [made.liveId ?? ''] : [];
    const changed = { ...job('nightly', 'echo other', scheduled), digest: 'another' };
    expect(await bench.apply({ kind: 'apply-container', unit: changed, sees })).toMatchObject({ kind: 'done' });
    expect(mainOf(await bench.observe(), unit)).toMatchObject({ state: 'created', digest: 'another' });
  });

  it('that cannot be started says why and leaves nothing behind', async () => {
    const broken = job('broken', 'true');
    const unit = { ...broken, spec: { ...broken.spec, devices: ['/dev/nothing:/dev/nothing'] } };
    expect(await bench.apply({ kind: 'run-job', unit, sees: [] })).toMatchObject({
      kind: 'failed',
      failure: { detail: expect.stringContaining('uses the device /dev/nothing, which is not on host local') },
    });
    expect(mainOf(await bench.observe(), unit)).toBeUndefined();
  });

  it('whose program is not in its image says so at its end', async () => {
    const broken = job('wrong', 'true');
    const unit = { ...broken, spec: { ...broken.spec, entrypoint: ['/no/such/program'] } };
    await bench.apply({ kind: 'run-job', unit, sees: [] });
    expect(await end(unit, await ended(unit))).toMatchObject({
      kind: 'failed',
      failure: { detail: expect.stringContaining('its command does not exist in the image') },
    });
  });

  it('goes on where an interrupted call left it: made beside the last one, or renamed and not started', async () => {
    const unit = job('interrupted', 'echo once');
    await bench.apply({ kind: 'run-job', unit, sees: [] });
    const first = await ended(unit);
    const { Config, HostConfig } = await api<{ Config: object; HostConfig: object }>(
      real.socket,
      'GET',
      `/containers/${first.id}/json`,
    );
    await api(real.socket, 'POST', `/containers/create?name=${unit.name}.next`, {
      ...Config,
      Hostname: '',
      HostConfig,
    });
    expect(await bench.apply({ kind: 'run-job', unit, sees: [first.id] })).toMatchObject({ kind: 'done' });
    const second = await ended(unit);
    await api(real.socket, 'DELETE', `/containers/${second.id}?force=1`);
    await api(real.socket, 'POST', `/containers/create?name=${unit.name}`, { ...Config, Hostname: '', HostConfig });
    const waiting = mainOf(await bench.observe(), unit);
    expect(waiting?.state).toBe('created');
    expect(await bench.apply({ kind: 'run-job', unit, sees: [waiting?.id ?? ''] })).toMatchObject({ kind: 'done' });
    expect(await ended(unit)).toMatchObject({ exitCode: 0 });
  });

  it('of somebody else is left alone', async () => {
    const unit = job('theirs', 'echo mine');
    await api(real.socket, 'POST', `/containers/create?name=${unit.name}`, { Image: 'autogit-test/plain:1' });
    expect(await bench.apply({ kind: 'run-job', unit, sees: [] })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'conflict' },
    });
  });
});
