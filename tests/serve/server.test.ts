import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import type { Status } from '../../reconciler/model/status.ts';
import { readAssets } from '../../reconciler/serve/assets.ts';
import { type RunningServer, startServer } from '../../reconciler/serve/server.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { sampleStatus } from '../real/browser/sample-status.ts';

const token = 'k'.repeat(43);
const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === 'IPv6'));

async function start(status: () => Status = () => sampleStatus(1_000_000), host?: string) {
  const seen = { woken: 0, applied: [] as string[], changed: () => {} };
  const server = await startServer({
    port: 0,
    ...(host === undefined ? {} : { host }),
    assets: await readAssets('/nonexistent'),
    token,
    status,
    subscribe: (listener) => {
      seen.changed = listener;
      return () => {};
    },
    decisions: () => [],
    plan: async () => ({ actions: [] }),
    applyPlan: async (digest) => {
      seen.applied.push(digest);
      return { ok: true };
    },
    wake: () => {
      seen.woken += 1;
    },
    applied: () => ({ revision: 'r1', at: 1, state: 'applied', source: 'name: home\n' }),
    log: silentLog,
  });
  servers.push(server);
  return { server, seen };
}

/** `fetch` may not set Host, so this asks by hand. */
function ask(address: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, address), { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject);
    call.end();
  });
}

it('listens on loopback alone', async () => {
  const { server } = await start();
  expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

it.each([
  ['127.0.0.2', /^http:\/\/127\.0\.0\.2:\d+$/],
  ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
])('says an address under which it can be reached, and answers to it: %s', async (host, address) => {
  const { server } = await start(undefined, host);
  expect(server.address).toMatch(address);
  expect((await fetch(`${server.address}/livez`)).status).toBe(200);
});

it.skipIf(!hasIpv6)('says an address under which it can be reached on every IPv6 address', async () => {
  const { server } = await start(undefined, '::');
  expect(server.address).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await fetch(`${server.address}/livez`)).status).toBe(200);
});

it('refuses a name that is not its own, as a rebinding page would send', async () => {
  const { server } = await start();
  expect(await ask(server.address, '/api/status', { host: 'evil.example' })).toBe(421);
  expect(await ask(server.address, '/api/status', { host: 'localhost:1' })).toBe(200);
});

it('refuses requests from other pages, a malformed origin included', async () => {
  const { server } = await start();
  expect(await ask(server.address, '/api/events', { origin: 'http://evil.example' })).toBe(403);
  expect(await ask(server.address, '/api/status', { origin: 'null' })).toBe(403);
  expect(await ask(server.address, '/api/status', { origin: '%%%' })).toBe(403);
});

it('shows the file that was applied last to whoever has the token, and to nobody else', async () => {
  const { server } = await start();
  const ask = (authorization: string) =>
    fetch(`${server.address}/api/revision`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{}',
    });
  expect((await ask('Bearer wrong')).status).toBe(401);
  expect((await fetch(`${server.address}/api/revision`)).status).toBe(404);
  expect(await (await ask(`Bearer ${token}`)).json()).toMatchObject({ revision: 'r1', source: 'name: home\n' });
});

it.each(['/api/wake', '/api/apply'])('%s acts only with the token', async (path) => {
  const { server, seen } = await start();
  const send = (authorization: string) =>
    fetch(server.address + path, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ digest: 'ab'.repeat(32) }),
    });
  expect((await send('')).status).toBe(401);
  expect((await send(`Bearer ${'x'.repeat(43)}`)).status).toBe(401);
  expect([seen.woken, seen.applied]).toEqual([0, []]);
  expect((await send(`Bearer ${token}`)).ok).toBe(true);
  expect(seen.woken + seen.applied.length).toBe(1);
});

it('answers the probes by what they mean', async () => {
  let status = { ...sampleStatus(1), cycle: { number: 0 } } as Status;
  const { server } = await start(() => status);
  const code = async (path: string) => (await fetch(server.address + path)).status;
  expect([await code('/livez'), await code('/startupz'), await code('/readyz')]).toEqual([200, 503, 503]);
  status = sampleStatus(1);
  expect([await code('/livez'), await code('/startupz'), await code('/readyz')]).toEqual([200, 200, 200]);
  status = { ...status, source: { ...status.source, failure: 'repository gone' } };
  expect([await code('/livez'), await code('/readyz')]).toEqual([200, 503]);
  const hosts = status.hosts.map((host) => ({ ...host, state: 'failed' as const }));
  status = { ...sampleStatus(1), hosts, health: 'down', sentence: 'no host can be read' };
  expect([await code('/livez'), await code('/readyz')]).toEqual([200, 503]);
});

it('serves metrics that agree with the status', async () => {
  const { server } = await start();
  const text = await (await fetch(`${server.address}/metrics`)).text();
  expect(text).toContain('autogit_pool_queued_jobs{pool="linux"} 3');
  expect(text).toContain('autogit_units{state="unhealthy"} 1');
  expect(text).toContain('autogit_host_up{host="local"} 1');
});

it('says in seconds when a scheduled job ended well last, and from when on that is too long ago', async () => {
  const sample = sampleStatus(1);
  const backup = { id: 'container/local/backup', kind: 'container', host: 'local', state: 'ok', detail: '' } as const;
  const units = [
    { ...backup, job: { wellAt: 1_763_694_000_000, lateAt: 1_763_870_400_000 } },
    { ...backup, id: 'new', job: {} },
  ];
  const { server } = await start(() => ({ ...sample, units }));
  const text = await (await fetch(`${server.address}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('autogit_job_'));
  expect(lines).toEqual([
    'autogit_job_last_success_timestamp_seconds{unit="container/local/backup"} 1763694000',
    'autogit_job_late_timestamp_seconds{unit="container/local/backup"} 1763870400',
  ]);
});

it('names the pools there are when one is asked for that is not', async () => {
  const { server } = await start();
  const answer = await fetch(`${server.address}/api/pools/linx`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ error: 'there is no pool linx', pools: ['linux'] });
});

it('streams the whole status at once and after each change, coalesced', async () => {
  const { server, seen } = await start();
  const stream = (await fetch(`${server.address}/api/events`)).body;
  const reader = stream?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (wanted: number) => {
    while (text.split('event: status').length - 1 < wanted) text += (await reader?.read())?.value ?? '';
  };
  await until(1);
  for (let index = 0; index < 20; index += 1) seen.changed();
  await until(2);
  expect(text).toContain('id: 1\n');
  expect(text).not.toContain('id: 2\n');
  await reader?.cancel();
});

it('closes the eleventh stream of one address', async () => {
  const { server } = await start();
  const controller = new AbortController();
  const codes: number[] = [];
  for (let index = 0; index < 11; index += 1)
    codes.push((await fetch(`${server.address}/api/events`, { signal: controller.signal })).status);
  expect(codes).toEqual([...Array(10).fill(200), 503]);
  controller.abort();
});

it('hides inner errors and never leaves out the protective headers', async () => {
  const { server } = await start(() => {
    throw new Error('secret inside');
  });
  const answer = await fetch(`${server.address}/api/status`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret inside');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
});

it('escapes what comes from outside in the plain page', async () => {
  const { server } = await start(() => ({ ...sampleStatus(1), sentence: '<img src=x onerror=alert(1)>' }));
  expect(await (await fetch(server.address)).text()).not.toContain('<img src=x');
});
