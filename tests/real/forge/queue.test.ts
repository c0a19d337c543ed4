import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../cli/clock.ts';
import { createGitea, type GiteaOptions } from '../../../reconciler/load/gitea.ts';
import { Secret } from '../../../reconciler/model/secret.ts';
import { available } from './available.ts';
import { isRunning } from './local-process.ts';
import { type Forge, startForge } from './start-forge.ts';

const here = await available();
const never = new AbortController().signal;

describe.skipIf(!here.ok)(`the job queue of ${here.ok ? here.what : here.reason}`, () => {
  let forge: Forge;
  beforeAll(async () => {
    forge = await startForge();
  });
  afterAll(() => forge.stop());

  const gitea = (token: string, more: Partial<GiteaOptions> = {}) =>
    createGitea({
      url: forge.url,
      token: async () => ({ ok: true, value: new Secret(token) }),
      fetch,
      clock: systemClock,
      ...more,
    });

  it('is read whole over several pages, each job with its labels and its repository', async () => {
    await forge.queueJobs([{ count: 117, labels: ['linux', 'arch-amd64'] }]);
    await forge.queueJobs([{ count: 3, labels: ['gpu'] }], { seconds: 20 });
    const demand = await gitea(forge.token).load.read(never);
    if (!demand.ok) throw new Error(demand.failure.detail);
    expect(demand.value.running).toEqual([]);
    expect(demand.value.queued).toHaveLength(120);
    expect(new Set(demand.value.queued.map((job) => job.id)).size).toBe(120);
    expect(demand.value.queued.filter((job) => job.labels.includes('gpu'))).toHaveLength(3);
    expect(demand.value.queued[0]).toMatchObject({
      id: '1#0',
      name: 'g0j0',
      labels: ['linux', 'arch-amd64'],
      project: 'ci/demo',
    });
    expect(Math.abs(Date.now() - (demand.value.queued[0]?.queuedAt ?? 0))).toBeLessThan(300_000);
  });

  it('names the running job and its runner, whose registration ends with the job', async () => {
    const runner = await forge.startRunner({ name: 'home-gpu-1', labels: ['gpu'], ephemeral: true });
    const { load, runners } = gitea(forge.token);
    let running: readonly { readonly runnerName?: string; readonly runnerId?: string }[] = [];
    for (const end = Date.now() + 120_000; running.length === 0 && Date.now() < end; await sleep(50)) {
      const demand = await load.read(never);
      if (demand.ok) running = demand.value.running;
    }
    const [job] = running;
    expect(job).toMatchObject({ name: 'g0j0', project: 'ci/demo', runnerName: 'home-gpu-1' });
    expect(await runners.runningJobs(job?.runnerId ?? '', never)).toMatchObject({
      ok: true,
      value: [expect.stringMatching(/^\d+$/)],
    });
    expect(await runners.runningJobs('999', never)).toEqual({ ok: true, value: [] });
    for (const end = Date.now() + 120_000; isRunning(runner) && Date.now() < end; ) await sleep(50);
    const listed = await runners.list(never);
    expect(listed.ok && listed.value.map(({ name }) => name)).toEqual([]);
  });

  it('cordons a runner: it takes no job although one waits', async () => {
    const { runners, load } = gitea(forge.token);
    const made = await runners.register({ name: 'home-gpu-2', labels: ['gpu'] }, never);
    if (!made.ok) throw new Error(made.failure.detail);
    expect(await runners.cordon(made.value.forgeId, never)).toEqual({ ok: true, value: undefined });
    expect(await runners.list(never)).toMatchObject({
      ok: true,
      value: [{ name: 'home-gpu-2', disabled: true, online: false }],
    });
    expect(await load.read(never)).toMatchObject({ ok: true, value: { running: [] } });
    expect(await runners.remove(made.value.forgeId, never)).toEqual({ ok: true, value: undefined });
    expect(await runners.remove(made.value.forgeId, never), 'gone already is done').toEqual({
      ok: true,
      value: undefined,
    });
    expect(await runners.cordon(made.value.forgeId, never)).toEqual({ ok: true, value: undefined });
  });

  it('refuses a label that the runner would read as a scheme, before anything is registered', async () => {
    const { runners } = gitea(forge.token);
    expect(await runners.register({ name: 'home-arm-1', labels: ['arch:arm64'] }, never)).toMatchObject({
      ok: false,
      failure: { kind: 'rejected', detail: expect.stringContaining('"arch:arm64"') },
    });
    expect(await runners.list(never)).toEqual({ ok: true, value: [] });
  });

  it('reads as much as the token may see: the instance, the organisation, or the repository', async () => {
    for (const scope of ['read:admin', 'read:organization', 'read:repository']) {
      const token = await forge.makeToken([scope]);
      const demand = await gitea(token, { repository: { owner: 'ci', name: 'demo' } }).load.read(never);
      expect(demand.ok && demand.value.queued.length, scope).toBe(119);
    }
  });

  it('names the missing scope when the token may not read, and when it may not register', async () => {
    const narrow = gitea(await forge.makeToken(['read:user']), { repository: { owner: 'ci', name: 'demo' } });
    expect(await narrow.load.read(never)).toMatchObject({
      ok: false,
      failure: {
        kind: 'unauthorized',
        detail: expect.stringMatching(
          /no scope read:admin; .* no scope read:organization; .* no scope read:repository/,
        ),
      },
    });
    const reader = gitea(await forge.makeToken(['read:admin']));
    expect((await reader.load.read(never)).ok).toBe(true);
    expect(await reader.runners.register({ name: 'home-linux-1', labels: ['linux'] }, never)).toMatchObject({
      ok: false,
      failure: {
        kind: 'unauthorized',
        detail:
          'the token may not reach a registration token of the instance: it has no scope write:admin; make a token with that scope',
      },
    });
  });

  it('says that a token is unknown, without showing it', async () => {
    const token = 'f'.repeat(40);
    const demand = await gitea(token).load.read(never);
    expect(demand).toMatchObject({ ok: false, failure: { kind: 'unauthorized' } });
    expect(JSON.stringify(demand)).toContain('invalid username, password or token');
    expect(JSON.stringify(demand)).not.toContain(token);
  });

  it('is a failure while the forge is down, and whole again after', async () => {
    const { load } = gitea(forge.token);
    await forge.down();
    expect(await load.read(never)).toMatchObject({
      ok: false,
      failure: {
        kind: 'unreachable',
        detail: expect.stringMatching(/could not be asked for the job queue of the instance: .*ECONN/),
      },
    });
    await forge.up();
    expect(await load.read(never)).toMatchObject({ ok: true });
  });
});
