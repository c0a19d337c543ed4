import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../cli/clock.ts';
import { createForgejo } from '../../reconciler/load/forgejo.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import { type Asked, type FakeAnswer, type FakeForge, startFakeForge } from './fake-forge.ts';

/** Against a server that speaks the published schema of Forgejo; Forgejo itself was not run. */
const never = new AbortController().signal;
let forge: FakeForge | undefined;
afterEach(() => forge?.close());

async function forgejo(answer: (asked: Asked) => FakeAnswer) {
  forge = await startFakeForge(answer);
  const token = async () => ({ ok: true as const, value: new Secret('token') });
  return createForgejo({ url: forge.url, token, fetch, clock: systemClock, scope: { kind: 'org', org: 'ci' } });
}
const aJob = (id: number, status: string, more: object = {}) => ({
  id,
  attempt: 1,
  name: 'build',
  repo_id: 3,
  runs_on: ['docker'],
  task_id: 0,
  status,
  ...more,
});

describe('the job queue of Forgejo', () => {
  it('is one list of waiting and running jobs', async () => {
    const { load } = await forgejo(() => ({
      body: [aJob(1, 'waiting'), aJob(2, 'running'), aJob(3, 'blocked'), aJob(4, 'waiting', { runs_on: null })],
    }));
    const demand = await load.read(never);
    if (!demand.ok) throw new Error(demand.failure.detail);
    expect(demand.value.queued).toMatchObject([
      { id: '1#1', labels: ['docker'], project: 'repository 3' },
      { id: '4#1', labels: [] },
    ]);
    expect(demand.value.running).toMatchObject([{ id: '2#1', labels: ['docker'] }]);
    expect(demand.value.running[0]).not.toHaveProperty('runnerId');
    expect(forge?.asked[0]?.path).toBe('/api/v1/orgs/ci/actions/runners/jobs');
  });

  it('is empty when the forge says null, and only then', async () => {
    expect(await (await forgejo(() => ({ body: null }))).load.read(never)).toEqual({
      ok: true,
      value: { queued: [], running: [] },
    });
    await forge?.close();
    for (const body of [{}, '', [null], [{ id: 1 }], '<html>']) {
      expect(await (await forgejo(() => ({ body }))).load.read(never), JSON.stringify(body)).toMatchObject({
        ok: false,
      });
      await forge?.close();
    }
  });

  it('lets a job wait since it was first seen', async () => {
    const { load } = await forgejo(() => ({ body: [aJob(1, 'waiting')] }));
    const [first, second] = [await load.read(never), await load.read(never)];
    expect(first.ok && first.value.queued[0]?.queuedAt).toBe(second.ok && second.value.queued[0]?.queuedAt);
  });
});

describe('runners of Forgejo', () => {
  it('are made for one job, with the token in a file', async () => {
    const { runners } = await forgejo(() => ({ status: 201, body: { id: 9, uuid: 'u-u-i-d', token: 'f'.repeat(40) } }));
    const made = await runners.register({ name: 'home-linux-1', labels: ['docker', 'big'] }, never);
    if (!made.ok) throw new Error(made.failure.detail);
    expect(forge?.asked[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/orgs/ci/actions/runners',
      body: { name: 'home-linux-1', ephemeral: true },
    });
    expect(made.value).toMatchObject({ forgeId: '9', program: 'forgejo-runner', files: [{ path: 'token' }] });
    expect(made.value.args.join(' ')).toBe(
      `one-job --url ${forge?.url} --uuid u-u-i-d --token-url file:///proc/self/cwd/token --label docker:host --label big:host --wait`,
    );
    expect(made.value.files[0]?.content.reveal()).toBe('f'.repeat(40));
  });

  it('may have any of the running jobs while they are registered', async () => {
    const { runners } = await forgejo(({ path }) =>
      path.endsWith('/jobs')
        ? { body: [aJob(5, 'running')] }
        : path.endsWith('/9')
          ? { body: { id: 9, name: 'x' } }
          : { status: 404 },
    );
    expect(await runners.runningJobs('9', never)).toEqual({ ok: true, value: ['5'] });
    expect(await runners.runningJobs('8', never)).toEqual({ ok: true, value: [] });
  });

  it('are listed over pages, and a short list is a failure', async () => {
    const all = Array.from({ length: 60 }, (_, i) => ({
      id: i + 1,
      name: `r-${i}`,
      status: i === 0 ? 'offline' : 'idle',
      labels: ['docker'],
    }));
    const pageOf = ({ query }: Asked): FakeAnswer => ({
      headers: { 'x-total-count': '60' },
      body: all.slice((Number(query.get('page')) - 1) * 50).slice(0, 50),
    });
    const listed = await (await forgejo(pageOf)).runners.list(never);
    expect(listed.ok && [listed.value.length, listed.value[0]?.online, listed.value[1]?.online]).toEqual([
      60,
      false,
      true,
    ]);
    await forge?.close();
    const short = await forgejo(({ query }) => ({
      headers: { 'x-total-count': '60' },
      body: query.get('page') === '1' ? all.slice(0, 50) : null,
    }));
    expect(await short.runners.list(never)).toMatchObject({ ok: false, failure: { kind: 'rejected' } });
  });

  it('are removed; gone already is done', async () => {
    for (const status of [204, 404]) {
      expect(await (await forgejo(() => ({ status }))).runners.remove('9', never)).toEqual({
        ok: true,
        value: undefined,
      });
      await forge?.close();
    }
  });
});
