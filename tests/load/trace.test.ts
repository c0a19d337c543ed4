import { expect, it } from 'vitest';
import { createTrace } from '../../reconciler/load/trace.ts';
import { makeBursts } from '../../reconciler/load/trace-jobs.ts';
import type { Clock } from '../../reconciler/ports/clock.ts';

const never = new AbortController().signal;

function clockAt(start: number): Clock & { to(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now,
    sleep: async () => {},
    to: (ms) => {
      now = start + ms;
    },
  };
}

it('plays jobs as they come: they wait, are taken by registered runners, run and finish', async () => {
  const clock = clockAt(1_000_000);
  const ended: string[] = [];
  const aJob = (atMs: number, labels: readonly string[]) => ({
    atMs,
    durationMs: 10_000,
    name: 'build',
    labels,
    project: 'home/web',
  });
  const { load, runners, counts } = createTrace({
    clock,
    bootMs: 2_000,
    repeat: false,
    endRunner: (name) => ended.push(name),
    jobs: [aJob(5_000, ['gpu']), aJob(1_000, ['linux']), aJob(1_000, ['linux'])],
  });
  const state = async () => {
    const demand = await load.read(never);
    const list = await runners.list(never);
    if (!demand.ok || !list.ok) throw new Error('a trace does not fail');
    return {
      queued: demand.value.queued.map((job) => job.id),
      running: demand.value.running.map((job) => `${job.id} on ${job.runnerName}`),
      online: list.value.filter((one) => one.online).length,
    };
  };
  expect(await state()).toEqual({ queued: [], running: [], online: 0 });
  clock.to(1_500);
  expect(await state()).toEqual({ queued: ['0.1', '0.2'], running: [], online: 0 });
  const made = await runners.register({ name: 'home-linux-1', labels: ['linux'] }, never);
  clock.to(4_000);
  expect(await state()).toEqual({ queued: ['0.2'], running: ['0.1 on home-linux-1'], online: 1 });
  expect(await runners.runningJobs(made.ok ? made.value.forgeId : '', never)).toEqual({ ok: true, value: ['0.1'] });
  clock.to(60_000);
  expect(await state()).toEqual({ queued: ['0.2', '0.3'], running: [], online: 0 });
  expect(ended).toEqual(['home-linux-1']);
  expect(counts()).toEqual({ arrived: 3, finished: 1 });
});

it('starts again when all is done, if asked to', async () => {
  const clock = clockAt(0);
  const jobs = [{ atMs: 1_000, durationMs: 1_000, name: 'a', labels: [], project: '' }];
  const { load, runners } = createTrace({ clock, bootMs: 0, repeat: true, endRunner: () => {}, jobs });
  await runners.register({ name: 'r-1', labels: [] }, never);
  clock.to(3_500);
  const demand = await load.read(never);
  expect(demand.ok && demand.value.queued.map((job) => job.id)).toEqual(['1.1']);
});

it('makes the same bursts from the same seed', () => {
  const options = { seed: 4, labels: [['linux'], ['gpu']], bursts: 20, pauseMs: 30_000, durationMs: 20_000, size: 5 };
  const jobs = makeBursts(options);
  expect(makeBursts(options)).toEqual(jobs);
  expect(makeBursts({ ...options, seed: 5 })).not.toEqual(jobs);
  expect(jobs.length).toBeGreaterThan(40);
  expect(jobs.every((job) => job.durationMs > 500)).toBe(true);
  expect([...jobs].sort((a, b) => a.atMs - b.atMs)).toEqual(jobs);
});
