import { expect, it } from 'vitest';
import { createStage } from '../fakes/stage.ts';

const file = `name: home
domain: home.lan
services:
  dump: { image: "dump:1", schedule: { at: "0 3 * * *", timezone: UTC, timeout: 1h } }
  once: { image: "once:1", schedule: { at: once } }
`;

/** The clock of a stage begins on 5 January at 8 in the morning. */
const on = (day: number, hour: number, minute = 0) => Date.UTC(2026, 0, day, hour, minute);

function platform() {
  const stage = createStage();
  stage.commit(file);
  const cycleAt = async (ms: number) => {
    stage.clock.advance(ms - stage.clock.now());
    for (let turn = 0; turn < 3; turn += 1) await stage.clock.run(stage.reconciler.cycle());
  };
  const job = (key: string) => stage.reconciler.status().units.find(({ id }) => id === `container/local/${key}`)?.job;
  return { stage, cycleAt, job };
}

it('counts a job that never ended well from when it was made', async () => {
  const { cycleAt, job } = platform();
  await cycleAt(on(5, 8));
  expect(job('dump')).toEqual({ lateAt: on(7, 4) });
  expect(job('once')).toBeUndefined();
});

it('is too old when two of its times have passed without a good end, and remembers the last one over a restart', async () => {
  const { stage, cycleAt, job } = platform();
  await cycleAt(on(5, 8));
  await cycleAt(on(6, 3, 1));
  const wellAt = job('dump')?.wellAt ?? 0;
  expect(wellAt).toBeGreaterThanOrEqual(on(6, 3, 1));
  expect(wellAt).toBeLessThan(on(6, 3, 2));
  expect(job('dump')?.lateAt).toBe(on(8, 4));

  stage.images['dump:1'] = { exitCode: 1 };
  await cycleAt(on(7, 3, 1));
  await cycleAt(on(8, 3, 1));
  stage.restart();
  await cycleAt(on(8, 5));
  expect(job('dump')).toEqual({ wellAt, lateAt: on(8, 4) });

  stage.images['dump:1'] = {};
  await cycleAt(on(9, 3, 1));
  expect(job('dump')?.lateAt).toBe(on(11, 4));
});
