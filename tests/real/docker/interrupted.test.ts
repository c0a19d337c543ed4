import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerUnit } from '../../../reconciler/model/desired.ts';
import { api } from './api.ts';
import { startApiProxy } from './api-proxy.ts';
import { available } from './available.ts';
import { type Bench, benchOn, containerUnit, driftOf, networkUnit } from './harness.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
/** More writes than any replacement makes: past its last one nothing is cut, which ends the row of cases. */
const MOST_WRITES = 14;

describe.skipIf(!engine.ok)('a replacement that is killed at any of its writes', () => {
  let real: TestEngine;
  let bench: Bench;
  beforeAll(async () => {
    real = await startEngine();
    bench = benchOn(real.url);
    await bench.apply({ kind: 'create-network', unit: networkUnit('cut') });
    await bench.apply({ kind: 'create-network', unit: networkUnit('cut-b') });
  });
  afterAll(async () => {
    bench?.engine.close();
    await real?.stop();
  });

  function version(service: string, value: string, replace: ContainerUnit['replace']): ContainerUnit {
    const spec = {
      networks: { 'home-cut': [service], 'home-cut-b': [] },
      environment: { VERSION: value },
      stopGraceMs: 1000,
    };
    return containerUnit(service, spec, { replace, digest: `v${value}` });
  }

  const containersOf = async (unit: ContainerUnit) =>
    (await bench.observe()).containers.filter((one) => one.unit === unit.id);

  /** Applies `unit` as a plan would that was made from what is there now. */
  async function applySeen(unit: ContainerUnit) {
    const sees = (await containersOf(unit)).map((one) => one.id);
    return bench.apply({ kind: 'apply-container', unit, sees });
  }

  /** True when the run was cut before it was done. */
  async function killedAt(unit: ContainerUnit, write: number, when: 'before' | 'after'): Promise<boolean> {
    const sees = (await containersOf(unit)).map((one) => one.id);
    const proxy = await startApiProxy(real.socket);
    const killed = benchOn(proxy.url);
    proxy.cutAtWrite(write, when);
    const outcome = await killed.apply({ kind: 'apply-container', unit, sees });
    killed.engine.close();
    await proxy.close();
    if (outcome.kind === 'done') return false;
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'unreachable' } });
    return true;
  }

  async function expectOnly(unit: ContainerUnit): Promise<void> {
    const there = await containersOf(unit);
    expect(there.map((one) => `${one.name} ${one.state} ${one.digest}`)).toEqual([
      `${unit.name} running ${unit.digest}`,
    ]);
    expect(driftOf(there[0], unit.spec)).toEqual([]);
    for (const leftover of ['.next', '.old']) {
      await expect(api(real.socket, 'GET', `/containers/${unit.name}${leftover}/json`)).rejects.toThrow('404');
    }
  }

  async function oneCase(
    how: ContainerUnit['replace'],
    write: number,
    when: 'before' | 'after',
    then: 'same' | 'other',
  ): Promise<boolean> {
    const service = `c${how.slice(2, 4)}${write}${when.slice(0, 2)}${then.slice(0, 2)}`;
    await bench.apply({ kind: 'apply-container', unit: version(service, '1', how), sees: [] });
    const cut = await killedAt(version(service, '2', how), write, when);
    const last = version(service, then === 'same' ? '2' : '3', how);
    expect(await applySeen(last), `${service} cut at write ${write}`).toMatchObject({ kind: 'done' });
    await expectOnly(last);
    const there = await containersOf(last);
    await api(real.socket, 'DELETE', `/containers/${there[0]?.id}?force=1`);
    return cut;
  }

  /** Runs the cases three at a time; returns how many were cut. */
  async function allCases(
    how: ContainerUnit['replace'],
    when: 'before' | 'after',
    then: 'same' | 'other',
  ): Promise<number> {
    const writes = Array.from({ length: MOST_WRITES }, (_, index) => index + 1).values();
    let cuts = 0;
    const work = async (): Promise<void> => {
      for (const write of writes) {
        if (!(await oneCase(how, write, when, then))) return;
        cuts += 1;
      }
    };
    await Promise.all([work(), work(), work()]);
    return cuts;
  }

  it.each([
    ['start-first', 'after', 'same'],
    ['start-first', 'before', 'other'],
    ['stop-first', 'after', 'same'],
    ['stop-first', 'before', 'other'],
  ] as const)(
    '%s, cut %s each write, applied again with the %s revision: one container, no leftover, no drift',
    async (how, when, then) => {
      const cuts = await allCases(how, when, then);
      expect(cuts).toBeGreaterThanOrEqual(6);
      expect(cuts).toBeLessThan(MOST_WRITES);
    },
  );

  it('finishes a first creation that was cut after its start', async () => {
    const unit = version('fresh', '1', 'start-first');
    for (const write of [1, 2, 3]) {
      expect(await killedAt(unit, write, 'after')).toBe(true);
      expect(await applySeen(unit)).toMatchObject({ kind: 'done' });
      await expectOnly(unit);
      await api(real.socket, 'DELETE', `/containers/${unit.name}?force=1`);
    }
  });

  it('comes to the same end when the engine restarts in the middle', async () => {
    for (const how of ['start-first', 'stop-first'] as const) {
      const service = `restart-${how.slice(0, 3)}`;
      await bench.apply({ kind: 'apply-container', unit: version(service, '1', how), sees: [] });
      const sees = (await containersOf(version(service, '1', how))).map((one) => one.id);
      const running = bench.apply({ kind: 'apply-container', unit: version(service, '2', how), sees });
      await new Promise((resolve) => setTimeout(resolve, 900));
      await real.ctl('crash');
      await running;
      expect(await applySeen(version(service, '2', how))).toMatchObject({ kind: 'done' });
      await expectOnly(version(service, '2', how));
    }
  });
});
