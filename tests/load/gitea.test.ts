import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../cli/clock.ts';
import { createGitea, type GiteaOptions } from '../../reconciler/load/gitea.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import { type Asked, type FakeAnswer, type FakeForge, startFakeForge } from './fake-forge.ts';

const never = new AbortController().signal;
const TOKEN = 'secret-token-of-the-test';
let forge: FakeForge | undefined;
afterEach(() => forge?.close());

async function gitea(answer: (asked: Asked) => FakeAnswer, more: Partial<GiteaOptions> = {}) {
  forge = await startFakeForge(answer);
  const token = async () => ({ ok: true as const, value: new Secret(TOKEN) });
  return createGitea({
    url: forge.url,
    token,
    fetch,
    clock: systemClock,
    scope: { kind: 'admin' },
    deadlineMs: 500,
    ...more,
  });
}

/** The whole failure as text; a secret in it would show. */
async function failureOf(answer: FakeAnswer): Promise<{ readonly kind: string; readonly detail: string }> {
  const result = await (await gitea(() => answer)).load.read(never);
  if (result.ok) throw new Error('read although the forge failed');
  expect(JSON.stringify(result)).not.toContain(TOKEN);
  return result.failure;
}

const aJob = (id: number, more: object = {}) => ({
  id,
  url: `http://forge.test/sub/api/v1/repos/ci/demo/actions/jobs/${id}`,
  name: 'build',
  labels: ['linux'],
  run_attempt: 0,
  created_at: '2026-11-21T10:37:03Z',
  started_at: '1970-01-01T00:00:00Z',
  ...more,
});
const page = (jobs: readonly object[], total = jobs.length): FakeAnswer => ({ body: { jobs, total_count: total } });
const empty = page([]);
const isQueue = (asked: Asked): boolean => asked.query.get('status') === 'queued';
const sliceOf = (jobs: readonly object[], asked: Asked): readonly object[] => {
  const at = (Number(asked.query.get('page')) - 1) * 50;
  return jobs.slice(at, at + 50);
};

describe('a read that failed is a failure with a next step, and never an empty queue', () => {
  it.each([
    [
      '401',
      { status: 401, body: { message: 'invalid username, password or token' } },
      'unauthorized',
      /does not accept the token .* put a valid one into the secret of forge.token/,
    ],
    [
      '403',
      {
        status: 403,
        body: {
          message:
            'token does not have at least one of required scope(s), required=[read:admin], token scope=read:user',
        },
      },
      'unauthorized',
      /no scope read:admin; make a token with that scope/,
    ],
    ['403 without a word', { status: 403, body: '' }, 'unauthorized', /403; use a token of a user with that right/],
    ['404', { status: 404, body: { message: 'not found' } }, 'not-found', /check forge.url and the names/],
    [
      '500',
      { status: 500, body: { message: 'load owner: context canceled' } },
      'unreachable',
      /the forge answered 500 for the job queue of the instance \(load owner: context canceled\)/,
    ],
    ['a proxy that has no forge', { status: 502, body: '<html>Bad Gateway</html>' }, 'unreachable', /answered 502/],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://elsewhere.test/' } },
      'rejected',
      /redirect, which is not followed with a token; set forge.url/,
    ],
    ['null', { body: null }, 'rejected', /not Gitea's; check that forge.url/],
    ['a login page', { body: '<html>Sign in</html>' }, 'rejected', /not JSON .* check that forge.url/],
    ['the list of another forge', { body: [] }, 'rejected', /not Gitea's/],
    ['a job without labels', page([{ id: 1, name: 'x' }]), 'rejected', /not Gitea's/],
    ['fewer jobs than it counts', page([aJob(1)], 3), 'rejected', /came with 1 of 3 entries/],
    [
      'half of a body',
      { body: page([aJob(1)]).body, fault: 'cut' },
      'unreachable',
      /could not be asked for the job queue/,
    ],
    ['silence', { fault: 'silent' }, 'timeout', /did not answer within 0.5 s/],
  ] as const)('%s', async (_, answer, kind, detail) => {
    const failure = await failureOf(answer as FakeAnswer);
    expect(failure.kind).toBe(kind);
    expect(failure.detail).toMatch(detail);
  });

  it('429: until when, in seconds, as a date, or a minute when it does not say', async () => {
    for (const [headers, waitMs] of [
      [{ 'retry-after': '30' }, 30_000],
      [{ 'retry-after': new Date(Date.now() + 90_000).toUTCString() }, 90_000],
      [{}, 60_000],
      [{ 'retry-after': '999999' }, 3_600_000],
    ] as const) {
      const { load } = await gitea(() => ({ status: 429, headers }));
      const result = await load.read(never);
      if (result.ok || result.failure.kind !== 'rate-limited') throw new Error('not rate-limited');
      expect(Math.abs(result.failure.untilMs - Date.now() - waitMs)).toBeLessThan(5_000);
      await forge?.close();
    }
  });

  it('a page that fails in the middle of a long list', async () => {
    const { load } = await gitea((asked) =>
      asked.query.get('page') === '2'
        ? { status: 500 }
        : page(
            Array.from({ length: 50 }, (_, i) => aJob(i + 1)),
            70,
          ),
    );
    expect(await load.read(never)).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
  });

  it('a reconciler that stops', async () => {
    const { load } = await gitea(() => ({ fault: 'silent' }));
    expect(await load.read(AbortSignal.timeout(50))).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
  });
});

describe('a queue that changes while it is read', () => {
  it('is read again when a job is taken between two pages, and nothing is lost', async () => {
    let jobs = Array.from({ length: 60 }, (_, i) => aJob(i + 1));
    let taken = false;
    const { load } = await gitea((asked) => {
      if (!isQueue(asked)) return empty;
      const answer = page(sliceOf(jobs, asked), jobs.length);
      if (!taken && asked.query.get('page') === '1') {
        taken = true;
        jobs = jobs.slice(5);
      }
      return answer;
    });
    const demand = await load.read(never);
    expect(demand.ok && demand.value.queued.length).toBe(55);
  });

  it('is taken as all that was seen when it never rests: too much rather than too little', async () => {
    let first = 1;
    const { load } = await gitea((asked) => {
      if (!isQueue(asked)) return empty;
      first += 1;
      const jobs = Array.from({ length: 100 - first }, (_, i) => aJob(first + i));
      return page(sliceOf(jobs, asked), jobs.length);
    });
    const demand = await load.read(never);
    expect(demand.ok && demand.value.queued.length).toBeGreaterThanOrEqual(93);
  });

  it('counts a job that is in both lists as running', async () => {
    const { load } = await gitea((asked) =>
      isQueue(asked)
        ? page([aJob(1), aJob(2)])
        : page([aJob(1, { run_attempt: 1, runner_id: 7, runner_name: 'home-linux-1' })]),
    );
    const demand = await load.read(never);
    expect(demand.ok && demand.value.queued.map((job) => job.id)).toEqual(['2#0']);
    expect(demand.ok && demand.value.running).toMatchObject([
      { id: '1#0', runnerId: '7', runnerName: 'home-linux-1', project: 'ci/demo' },
    ]);
  });

  it('names a re-run apart from the first run', async () => {
    const { load } = await gitea((asked) => (isQueue(asked) ? page([aJob(1, { run_attempt: 1 })]) : empty));
    const demand = await load.read(never);
    expect(demand.ok && demand.value.queued[0]?.id).toBe('1#1');
  });
});

it('asks with the token as it is now, and registers without it', async () => {
  let token = 'first';
  const answers: Record<string, unknown> = {
    '/api/v1/admin/actions/runners/registration-token': { token: 'reusable' },
    '/api/actions/runner.v1.RunnerService/Register': { runner: { id: '4', uuid: 'u', token: 'once' } },
  };
  const { runners } = await gitea((asked) => ({ body: answers[asked.path] }), {
    token: async () => ({ ok: true, value: new Secret(token) }),
    runnerUrl: 'http://bridge.test:3000',
  });
  await runners.register({ name: 'home-linux-1', labels: ['linux'] }, never);
  token = 'second';
  const made = await runners.register({ name: 'home-linux-2', labels: ['linux', 'docker'] }, never);
  expect(forge?.asked.map((asked) => asked.authorization)).toEqual([
    'token first',
    undefined,
    'token second',
    undefined,
  ]);
  expect(forge?.asked.at(-1)?.body).toEqual({
    name: 'home-linux-2',
    token: 'reusable',
    version: 'autogit',
    labels: ['linux', 'docker'],
    ephemeral: true,
  });
  if (!made.ok) throw new Error(made.failure.detail);
  expect(JSON.stringify(made)).not.toContain('once');
  expect(JSON.parse(made.value.files[0]?.content.reveal() ?? '')).toEqual({
    id: 4,
    uuid: 'u',
    name: 'home-linux-2',
    token: 'once',
    address: 'http://bridge.test:3000',
    labels: ['linux:host', 'docker:host'],
    ephemeral: true,
  });
});

it('asks for one registration token at a time: two first questions would invalidate one of the answers', async () => {
  let open = 0;
  let most = 0;
  const { runners } = await gitea((asked) => {
    if (!asked.path.endsWith('/registration-token')) return { body: { runner: { id: '4', uuid: 'u', token: 'once' } } };
    open += 1;
    most = Math.max(most, open);
    const after = new Promise((resolve) => setTimeout(resolve, 30)).then(() => {
      open -= 1;
    });
    return { body: { token: 'reusable' }, after };
  });
  const names = ['home-linux-1', 'home-linux-2', 'home-linux-3'];
  const made = await Promise.all(names.map((name) => runners.register({ name, labels: ['linux'] }, never)));
  expect(made.map((each) => each.ok)).toEqual([true, true, true]);
  expect(most).toBe(1);
});

it('does not ask without a token, and says which secret is missing', async () => {
  const { load } = await gitea(() => empty, {
    token: async () => ({ ok: false, failure: { kind: 'not-found', detail: 'AUTOGIT_FORGE_TOKEN is not set' } }),
  });
  expect(await load.read(never)).toMatchObject({ ok: false, failure: { detail: 'AUTOGIT_FORGE_TOKEN is not set' } });
  expect(forge?.asked).toEqual([]);
});
