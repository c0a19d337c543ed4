import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '../../reconciler/model/result.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import { createCommitStatus } from '../../reconciler/notify/commit-status.ts';
import type { CommitStatus } from '../../reconciler/ports/forge.ts';
import { realClock } from '../follow/real-clock.ts';

const revision = 'a'.repeat(40);
const status: CommitStatus = {
  revision,
  state: 'success',
  context: 'autogit/home',
  description: 'all 7 units are as asked',
};
const never = new AbortController().signal;
const now = Date.UTC(2026, 0, 1);

let server: Server;
let url: string;
let requests: {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: unknown;
}[];
let answer: (response: ServerResponse, request: IncomingMessage) => void;

beforeEach(async () => {
  requests = [];
  answer = (response) => void response.writeHead(201).end('{"id":7,"status":"success"}');
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      body: text === '' ? undefined : JSON.parse(text),
    });
    answer(response, request);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
});

function report(
  more: Partial<Parameters<typeof createCommitStatus>[0]> = {},
  what: CommitStatus = status,
  signal = never,
): Promise<Result<void>> {
  return createCommitStatus({
    url,
    repository: { owner: 'ada', name: 'platform' },
    token: () => Promise.resolve(ok(new Secret('t0ken'))),
    fetch,
    clock: { ...realClock, now: () => now },
    deadlineMs: 2_000,
    ...more,
  }).report(what, signal);
}

it('sends what the forge expects', async () => {
  expect(await report({ url: `${url}/git/`, targetUrl: 'https://autogit.example.org/' })).toEqual(ok(undefined));
  expect(requests).toEqual([
    {
      method: 'POST',
      path: `/git/api/v1/repos/ada/platform/statuses/${revision}`,
      authorization: 'token t0ken',
      body: {
        state: 'success',
        context: 'autogit/home',
        description: 'all 7 units are as asked',
        target_url: 'https://autogit.example.org/',
      },
    },
  ]);
});

it('shortens a long description to 140 characters', async () => {
  await report({}, { ...status, description: `${'é🦊'.repeat(100)}` });
  const { description } = requests.map(({ body }) => body as { description: string }).find(() => true) ?? {
    description: '',
  };
  expect([...description]).toHaveLength(140);
  expect(description.endsWith('…')).toBe(true);
});

it('reports a watched file nowhere', async () => {
  expect(await report({}, { ...status, revision: `file:${'b'.repeat(64)}` })).toEqual(ok(undefined));
  expect(requests).toEqual([]);
});

describe('answers of a forge that does not play along', () => {
  const cases: readonly (readonly [string, number, Record<string, string>, string, object])[] = [
    [
      '401',
      401,
      {},
      '{"message":"invalid username, password or token"}',
      { kind: 'unauthorized', detail: expect.stringContaining('the forge does not know the token') },
    ],
    [
      '403 that names the scope',
      403,
      {},
      '{"message":"token does not have at least one of required scope(s), required=[write:repository]"}',
      {
        kind: 'unauthorized',
        detail: expect.stringMatching(/required=\[write:repository\].*give the token the scope write:repository/),
      },
    ],
    [
      '404',
      404,
      {},
      '{"message":"GetRepository"}',
      { kind: 'not-found', detail: expect.stringContaining('knows no such repository or commit') },
    ],
    [
      '429 with seconds',
      429,
      { 'retry-after': '30' },
      '',
      { kind: 'rate-limited', untilMs: now + 30_000, detail: expect.stringContaining('again in 30 s') },
    ],
    [
      '429 with a date',
      429,
      { 'retry-after': new Date(now + 90_000).toUTCString() },
      '',
      { kind: 'rate-limited', untilMs: now + 90_000 },
    ],
    ['429 with nothing', 429, {}, '', { kind: 'rate-limited', untilMs: now + 60_000 }],
    ['429 for years', 429, { 'retry-after': '99999999999' }, '', { kind: 'rate-limited', untilMs: now + 3_600_000 }],
    [
      '500 while it stops',
      500,
      {},
      '{"message":"load owner: context canceled"}',
      { kind: 'unreachable', detail: expect.stringContaining('500 (load owner: context canceled)') },
    ],
    ['502 of a proxy', 502, {}, '<html>', { kind: 'unreachable' }],
    [
      '422',
      422,
      {},
      '{"message":"bad state"}',
      { kind: 'rejected', detail: expect.stringContaining('422 (bad state)') },
    ],
    ['201 null', 201, {}, 'null', { kind: 'rejected', detail: expect.stringContaining('no commit status') }],
    [
      '200 with a login page',
      200,
      { 'content-type': 'text/html' },
      '<html>',
      { kind: 'rejected', detail: expect.stringContaining('check that forge.url is the address of the forge itself') },
    ],
  ];
  for (const [what, code, headers, body, failure] of cases) {
    it(what, async () => {
      answer = (response) => void response.writeHead(code, headers).end(body);
      expect(await report()).toMatchObject({ ok: false, failure });
    });
  }

  it('a redirect: the token goes nowhere else', async () => {
    answer = (response) => void response.writeHead(307, { location: `${url}/elsewhere` }).end();
    expect(await report()).toMatchObject({
      failure: { kind: 'rejected', detail: expect.stringContaining('is not followed with a token') },
    });
    expect(requests).toHaveLength(1);
  });

  it('an answer that never ends', async () => {
    answer = (response) => {
      const timer = setInterval(() => response.write('x'.repeat(64 * 1024)), 5);
      response.on('close', () => clearInterval(timer));
    };
    expect(await report()).toMatchObject({ ok: false, failure: { kind: expect.stringMatching(/rejected|timeout/) } });
  });

  it('no answer', async () => {
    answer = () => undefined;
    expect(await report({ deadlineMs: 100 })).toMatchObject({
      failure: { kind: 'timeout', detail: expect.stringContaining('within 0.1 s') },
    });
  });

  it('a stop in the middle', async () => {
    answer = () => undefined;
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    expect(await report({}, status, stop.signal)).toMatchObject({ failure: { kind: 'cancelled' } });
  });

  it('a connection that is cut', async () => {
    answer = (response) => void response.destroy();
    expect(await report()).toMatchObject({ failure: { kind: 'unreachable' } });
  });

  it('nobody there', async () => {
    await new Promise((done) => server.close(done));
    expect(await report()).toMatchObject({
      failure: { kind: 'unreachable', detail: expect.stringContaining('ECONNREFUSED') },
    });
    server.listen(0, '127.0.0.1');
  });
});

describe('what is wrong before anything is sent', () => {
  it('an address that is none', async () => {
    for (const wrong of ['ftp://x', 'nonsense', 'file:///etc', 'https://user:pa55@host']) {
      const result = await report({ url: wrong });
      expect(result).toMatchObject({ failure: { kind: 'rejected' } });
      expect(JSON.stringify(result)).not.toContain('pa55');
    }
  });

  it('a token that is not there', async () => {
    expect(await report({ token: () => Promise.resolve(fail('not-found', 'the variable X is not set')) })).toEqual(
      fail('not-found', 'the variable X is not set'),
    );
    expect(requests).toEqual([]);
  });
});
