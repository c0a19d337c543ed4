import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../cli/clock.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import { aPool } from '../../scale/world.ts';
import { available } from './available.ts';
import { asReading, context, createDriver, type Driver, scope } from './pool-driver.ts';
import { type Forge, startForge } from './start-forge.ts';

const here = await available();
const never = new AbortController().signal;
const pool = aPool({ cpus: 0.05, memory: 16 * 1024 ** 2, max: 4, idleMs: 1_000, arch: [] });

interface JobList {
  readonly jobs: readonly {
    readonly id: number;
    readonly status: string;
    readonly conclusion?: string;
    readonly runner_name?: string;
  }[];
}

describe.skipIf(!here.ok)(`a runner pool on ${here.ok ? here.what : here.reason}`, () => {
  let forge: Forge;
  let driver: Driver;
  let directory: string;

  beforeAll(async () => {
    forge = await startForge();
    directory = mkdtempSync(join(tmpdir(), 'autogit-runners-'));
    driver = createDriver(forge, directory);
  });

  afterAll(async () => {
    const state = await driver.engine.observe(scope, never);
    for (const runner of state.ok ? state.value.runners : []) {
      await driver.engine.retire(runner.id, 5_000, context);
    }
    await forge.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** A command for jobs that run until the function that comes back is called. */
  function gate(): { readonly command: string; open(): void } {
    const file = join(directory, `gate-${Math.random().toString(36).slice(2)}`);
    return { command: `until [ -e ${file} ]; do sleep 0.2; done`, open: () => writeFileSync(file, '') };
  }
  const alive = async (): Promise<readonly string[]> => {
    const state = await driver.engine.observe(scope, never);
    if (!state.ok) throw new Error(state.failure.detail);
    return state.value.runners.filter((runner) => runner.state !== 'exited').map((runner) => runner.name);
  };
  const jobs = async (): Promise<JobList['jobs']> =>
    ((await forge.api('GET', '/admin/actions/jobs?limit=50')) as JobList).jobs;

  it('grows to its maximum for six jobs, all six succeed on runners of their own, and it shrinks to nothing', async () => {
    const { command, open } = gate();
    await forge.queueJobs([{ count: 6, labels: ['linux'] }], { command });
    const sizes: number[] = [];
    for (const end = Date.now() + 240_000; Date.now() < end; await sleep(250)) {
      await driver.tick([pool]);
      sizes.push((await alive()).length);
      if (sizes.at(-1) === 4) open();
      if ((await jobs()).every((job) => job.status === 'completed') && sizes.at(-1) === 0) break;
    }
    const finished = await jobs();
    expect(finished.map((job) => job.conclusion)).toEqual(Array(6).fill('success'));
    expect(new Set(finished.map((job) => job.runner_name)).size).toBe(6);
    expect(Math.max(...sizes)).toBe(4);
    expect(sizes.at(-1)).toBe(0);
    expect(driver.done.filter((line) => line.startsWith('retire-runner'))).toEqual([]);
    expect(driver.done.filter((line) => !line.endsWith(': done'))).toEqual([]);
    expect(((await forge.api('GET', '/admin/actions/runners')) as { total_count: number }).total_count).toBe(0);
    await driver.tick([pool]);
    expect(readdirSync(join(directory, 'home.d1'))).toEqual([]);
  });

  it('keeps the credential of a runner where only its own user can read it, and removes it with the runner', async () => {
    const { command, open } = gate();
    await forge.queueJobs([{ count: 1, labels: ['linux'] }], { command });
    await driver.tick([pool]);
    const [name = ''] = await alive();
    const folder = join(directory, 'home.d1', name);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'home', '.runner')).mode & 0o777).toBe(0o600);
    open();
    await untilDone();
    await until('its folder is gone', async () => {
      await driver.tick([pool]);
      return !existsSync(folder);
    });
  });

  it('never ends a runner whose job runs, even when the pool may have none any more', async () => {
    const { command, open } = gate();
    await forge.queueJobs([{ count: 1, labels: ['linux'] }], { command });
    await driver.tick([pool]);
    await untilRunning();
    const closed = aPool({ cpus: 0.05, memory: 16 * 1024 ** 2, max: 0, idleMs: 0, arch: [] });
    const before = driver.done.length;
    for (let i = 0; i < 3; i += 1) await driver.tick([closed]);
    expect(driver.done.slice(before)).toEqual([]);
    open();
    await untilDone();
    expect((await jobs()).at(-1)).toMatchObject({ conclusion: 'success' });
    await driver.tick([closed]);
  });

  it('ends an idle runner only after its idle time, and its registration with it', async () => {
    const warm = aPool({ ...{ cpus: 0.05, memory: 16 * 1024 ** 2, max: 4, idleMs: 1_000, arch: [] as const }, min: 1 });
    await driver.tick([warm]);
    await untilOnline();
    const until = Date.now() + 120_000;
    while ((await alive()).length > 0 && Date.now() < until) {
      await driver.tick([pool]);
      await sleep(200);
    }
    expect(await alive()).toEqual([]);
    expect(driver.done.at(-1)).toMatch(/^retire-runner home-linux-\d+: done$/);
    expect(asReading(await driver.runners.list(never))).toMatchObject({ kind: 'fresh', value: [] });
  });

  it('holds the size while the forge is down, and says why', async () => {
    const warm = aPool({ cpus: 0.05, memory: 16 * 1024 ** 2, max: 4, idleMs: 0, arch: [], min: 1 });
    await driver.tick([warm]);
    await untilOnline();
    await forge.down();
    const before = driver.done.length;
    for (let i = 0; i < 3; i += 1) {
      const scaling = await driver.tick([pool]);
      expect(scaling.decisions[0]).toMatchObject({ held: true, current: 1, desired: 1 });
      expect(scaling.holds[0]?.reason).toMatch(
        /the job queue could not be read: the forge at .* could not be asked .*: size held at 1/,
      );
    }
    expect(driver.done.slice(before)).toEqual([]);
    await forge.up();
    for (const end = Date.now() + 120_000; (await alive()).length > 0 && Date.now() < end; await sleep(200))
      await driver.tick([pool]);
    expect(await alive()).toEqual([]);
  });

  it('removes a registration without a runner in the second pass, and leaves those of others alone', async () => {
    for (const name of ['home-linux-900', 'stranger-1'])
      await driver.runners.register({ name, labels: ['linux'] }, never);
    await driver.tick([pool], { orphanMs: 0 });
    const before = driver.done.length;
    expect([...(await listed())].sort()).toEqual(['home-linux-900', 'stranger-1']);
    await driver.tick([pool], { orphanMs: 0 });
    expect(driver.done.slice(before)).toEqual(['deregister-runner home-linux-900: done']);
    expect(await listed()).toEqual(['stranger-1']);
  });

  it('pauses a pool whose runners end at once, and tells what they said', async () => {
    // It looks ten times later, so that a busy machine has had the time to end it.
    const patient: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(10 * ms, signal) };
    const broken = createDriver({ ...forge, runner: '/bin/false' }, mkdtempSync(join(directory, 'broken-')), patient);
    await forge.queueJobs([{ count: 1, labels: ['other'] }]);
    const wanted = aPool({ id: 'other', labels: ['other'], cpus: 0.05, memory: 16 * 1024 ** 2, arch: [] });
    await broken.tick([wanted]);
    expect(broken.done).toEqual([
      'launch-runner home-other-1: failed runner home-other-1 ended at once with code 1: it said nothing',
    ]);
  });

  async function listed(): Promise<readonly string[]> {
    const list = await driver.runners.list(never);
    return list.ok ? list.value.map((runner) => runner.name) : [list.failure.detail];
  }
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 120_000; Date.now() < end; await sleep(50)) if (await holds()) return;
    throw new Error(`${what} did not come true: ${JSON.stringify(await jobs())}`);
  }
  const untilRunning = (): Promise<void> =>
    until('a job runs', async () => (await jobs()).some((job) => job.status === 'in_progress'));
  const untilDone = (): Promise<void> =>
    until('all jobs are done', async () => (await jobs()).every((job) => job.status === 'completed'));
  const untilOnline = (): Promise<void> =>
    until('a runner is online', async () => {
      const list = await driver.runners.list(never);
      return list.ok && list.value.some((runner) => runner.online);
    });
});
