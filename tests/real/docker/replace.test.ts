import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { api, runContainer } from './api.ts';
import { available } from './available.ts';
import { type Bench, benchOn, containerUnit, driftOf, fastHealth, mainOf, networkUnit } from './harness.ts';
import { holdPort } from './hold-port.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

interface Polled {
  readonly answers: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
  readonly last: string;
  readonly longestGapMs: number;
}

const engine = await available();

describe.skipIf(!engine.ok)('replacing containers on a real engine', () => {
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

  async function network(key: string): Promise<string> {
    expect(await bench.apply({ kind: 'create-network', unit: networkUnit(key) })).toMatchObject({ kind: 'done' });
    return `home-${key}`;
  }

  async function names(service: string): Promise<readonly string[]> {
    return (await bench.observe()).containers
      .filter((one) => one.unit === `container/local/${service}`)
      .map((one) => `${one.name} ${one.state}`);
  }

  it('makes a container, waits until it is healthy, and finds no drift in it', async () => {
    const unit = containerUnit('first', { networks: { [await network('a-first')]: ['first'] } });
    const outcome = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(outcome).toMatchObject({ kind: 'done' });
    const seen = mainOf(await bench.observe(), unit);
    expect(seen).toMatchObject({
      slot: 'main',
      state: 'running',
      health: 'healthy',
      digest: unit.digest,
      deployment: 'd1',
    });
    expect(driftOf(seen, unit.spec)).toEqual([]);
    expect(await bench.apply({ kind: 'apply-container', unit, sees: [] })).toMatchObject({
      kind: 'done',
      detail: 'made by an earlier run',
    });
  });

  it('replaces start-first: a client that polls through the alias loses at most the one request that the old one was serving', async () => {
    const name = await network('client-web');
    const unit = containerUnit('web', { networks: { [name]: ['web'] } });
    const first = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    const client = await startPolling(name, 'web');
    const next = containerUnit('web', { ...unit.spec, environment: { VERSION: 'two' } });
    const second = await bench.apply({ kind: 'apply-container', unit: next, sees: [liveId(first)] });
    const seen = await client();
    expect(second).toMatchObject({ kind: 'done' });
    expect(seen.failures.length, seen.failures.join('\n')).toBeLessThanOrEqual(1);
    expect(seen.longestGapMs).toBeLessThan(5000);
    expect(seen.answers['1']).toBeGreaterThanOrEqual(20);
    expect(seen.last).toBe('two');
    expect(await names('web')).toEqual(['home-web-1 running']);
    expect(driftOf(mainOf(await bench.observe(), next), next.spec)).toEqual([]);
  });

  /** A client in a container of that network; the function that comes back ends it and tells what it saw. */
  async function startPolling(network: string, name: string): Promise<() => Promise<Polled>> {
    const holder = await runContainer(real.socket, 'client', {
      Image: 'autogit-test/plain:1',
      HostConfig: { NetworkMode: network },
    });
    const { State } = await api<{ State: { Pid: number } }>(real.socket, 'GET', `/containers/${holder}/json`);
    const script = fileURLToPath(new URL('./poll-client.ts', import.meta.url));
    const stop = join(real.folder, 'stop-polling');
    const result = real.exec('nsenter', '-t', String(State.Pid), '-n', process.execPath, script, name, '8080', stop);
    await vi.waitFor(() => access(`${stop}.begun`), { timeout: 60_000 });
    return async () => {
      await writeFile(stop, '');
      return JSON.parse(await result) as Polled;
    };
  }

  it('replaces stop-first when a host port is published', async () => {
    const ports = [{ port: 8080, protocol: 'tcp' as const, hostPort: 18080, address: '0.0.0.0' }];
    const unit = containerUnit('port', { networks: { [await openNetwork('port-outside')]: [] }, ports });
    const first = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(await answerOf(`http://${real.address}:18080/`)).toMatch(/^1 /);
    const next = containerUnit('port', { ...unit.spec, environment: { VERSION: 'two' } });
    expect(await bench.apply({ kind: 'apply-container', unit: next, sees: [liveId(first)] })).toMatchObject({
      kind: 'done',
    });
    expect(await answerOf(`http://${real.address}:18080/`)).toMatch(/^two /);
    expect(await names('port')).toEqual(['home-port-1 running']);
    expect(driftOf(mainOf(await bench.observe(), next), next.spec)).toEqual([]);
  });

  async function openNetwork(key: string): Promise<string> {
    expect(await bench.apply({ kind: 'create-network', unit: networkUnit(key, false) })).toMatchObject({
      kind: 'done',
    });
    return `home-${key}`;
  }

  describe.each(['start-first', 'stop-first'] as const)('%s', (how) => {
    const id = how.slice(0, 4).replace('star', 'sta').replace('stop', 'sto');

    it('keeps the old container when the new one never gets healthy, and shows its last lines', async () => {
      const unit = containerUnit(
        `${id}-never`,
        { networks: { [await network(`x-${id}-never`)]: ['never'] } },
        { replace: how },
      );
      const first = await bench.apply({ kind: 'apply-container', unit, sees: [] });
      const sick = containerUnit(
        `${id}-never`,
        { ...unit.spec, image: 'autogit-test/never:1', health: { ...fastHealth, startMs: 1000, timeoutMs: 1000 } },
        { replace: how },
      );
      const outcome = await bench.apply({ kind: 'apply-container', unit: sick, sees: [liveId(first)] });
      expect(outcome).toMatchObject({
        kind: 'failed',
        restored: true,
        failure: { kind: 'rejected', detail: expect.stringMatching(/did not get healthy within \d+ s/) },
      });
      expect(outcome.kind === 'failed' && outcome.logs).toContain('app mode=never version=1');
      const seen = mainOf(await bench.observe(), unit);
      expect(seen).toMatchObject({ id: liveId(first), state: 'running', digest: unit.digest });
      expect(driftOf(seen, unit.spec)).toEqual([]);
      expect(await names(`${id}-never`)).toEqual([`home-${id}-never-1 running`]);
    });

    it('keeps the old container when the new image crashes at once, and names the exit code', async () => {
      const unit = containerUnit(
        `${id}-crash`,
        { networks: { [await network(`x-${id}-crash`)]: ['crash'] } },
        { replace: how },
      );
      const first = await bench.apply({ kind: 'apply-container', unit, sees: [] });
      const broken = containerUnit(
        `${id}-crash`,
        { ...unit.spec, image: 'autogit-test/crash:1', environment: { CODE: '3' } },
        { replace: how },
      );
      const outcome = await bench.apply({ kind: 'apply-container', unit: broken, sees: [liveId(first)] });
      expect(outcome).toMatchObject({
        kind: 'failed',
        restored: true,
        failure: { detail: expect.stringMatching(/ends again and again: ended with code 3/) },
      });
      expect(outcome.kind === 'failed' && outcome.logs).toContain('crashing at once');
      expect(await names(`${id}-crash`)).toEqual([`home-${id}-crash-1 running`]);
    });
  });

  it('does not call a crash loop without a health check healthy', async () => {
    const { health: _, ...spec } = containerUnit('loop', { image: 'autogit-test/crash:1' }).spec;
    const unit = { ...containerUnit('loop'), spec };
    const outcome = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { detail: expect.stringContaining('home-loop-1 ends again and again') },
    });
    expect(await names('loop')).toEqual([]);
  });

  it('explains a command that does not exist', async () => {
    const unit = containerUnit('nocmd', { entrypoint: ['/no/such'], command: ['x'] });
    const outcome = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: {
        detail: expect.stringMatching(
          /ended with code 127: its command does not exist in the image.* check command and entrypoint/,
        ),
      },
    });
    expect(await names('nocmd')).toEqual([]);
  });

  it('explains a container that runs out of memory', async () => {
    const unit = containerUnit('oom', {
      image: 'autogit-test/plain:1',
      entrypoint: ['sh', '-c'],
      command: ['x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done'],
      memoryBytes: 8 * 2 ** 20,
      init: false,
    });
    const outcome = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { detail: expect.stringMatching(/ended with code 137: (out of memory|killed).*limit 8 MiB/) },
    });
  });

  it('refuses a port that another container holds before it stops anything, and names the holder', async () => {
    const holder = await runContainer(real.socket, 'squatter', {
      Image: 'autogit-test/http:1',
      ExposedPorts: { '8080/tcp': {} },
      HostConfig: { PortBindings: { '8080/tcp': [{ HostPort: '18081' }] } },
    });
    const port = (hostPort: number) => [{ port: 8080, protocol: 'tcp' as const, hostPort, address: '0.0.0.0' }];
    const unit = containerUnit('moves', { networks: { [await openNetwork('moves-outside')]: [] }, ports: port(18082) });
    const first = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    const before = mainOf(await bench.observe(), unit);
    const moved = containerUnit('moves', { ...unit.spec, ports: port(18081) }, { digest: 'moved' });
    const outcome = await bench.apply({ kind: 'apply-container', unit: moved, sees: [liveId(first)] });
    expect(outcome).toMatchObject({
      kind: 'failed',
      restored: true,
      failure: {
        kind: 'rejected',
        detail: 'port 18081/tcp of host local is taken by container squatter: stop it or choose another port',
      },
    });
    expect(mainOf(await bench.observe(), unit)).toMatchObject({
      id: before?.id,
      startedAt: before?.startedAt,
      state: 'running',
    });
    await api(real.socket, 'DELETE', `/containers/${holder}?force=1`);
  });

  it('puts the old container back when a program of the host holds the port', async () => {
    const port = (hostPort: number) => [{ port: 8080, protocol: 'tcp' as const, hostPort, address: '0.0.0.0' }];
    const unit = containerUnit('busy', { networks: { [await openNetwork('busy-outside')]: [] }, ports: port(18083) });
    const first = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    const release = await holdPort(real, 18084);
    const moved = containerUnit('busy', { ...unit.spec, ports: port(18084) }, { digest: 'moved' });
    const outcome = await bench.apply({ kind: 'apply-container', unit: moved, sees: [liveId(first)] });
    expect(outcome).toMatchObject({
      kind: 'failed',
      restored: true,
      failure: { detail: expect.stringMatching(/taken by a program on the host/) },
    });
    expect(await answerOf(`http://${real.address}:18083/`)).toMatch(/^1 /);
    expect(await names('busy')).toEqual(['home-busy-1 running']);
    await release();
  });

  it('never touches a container of that name that it did not make, and names the owner', async () => {
    const id = await runContainer(real.socket, 'home-taken-1', {
      Image: 'autogit-test/plain:1',
      Labels: { 'com.docker.compose.project': 'shop' },
    });
    const outcome = await bench.apply({ kind: 'apply-container', unit: containerUnit('taken'), sees: [] });
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'conflict',
        detail:
          'a container named home-taken-1 is there already and belongs to compose project shop: remove or rename it',
      },
    });
    expect(await api(real.socket, 'GET', `/containers/${id}/json`)).toMatchObject({ State: { Running: true } });
  });

  it('says stale when the container is not the one that the plan saw', async () => {
    const unit = containerUnit('stale');
    await bench.apply({ kind: 'apply-container', unit, sees: [] });
    const other = containerUnit('stale', { environment: { VERSION: '9' } });
    expect(await bench.apply({ kind: 'apply-container', unit: other, sees: ['someone-else'] })).toMatchObject({
      kind: 'stale',
    });
  });

  it('tells that an image is not there, by apply and by pull', async () => {
    const unit = containerUnit('noimage', { image: 'autogit-test/nope:1' });
    expect(await bench.apply({ kind: 'apply-container', unit, sees: [] })).toMatchObject({
      kind: 'failed',
      failure: { detail: 'image autogit-test/nope:1 is not on the engine; the next cycle pulls it' },
    });
    expect(await bench.apply({ kind: 'pull-image', image: 'autogit-test/http:1' })).toEqual({
      kind: 'done',
      detail: 'there already',
    });
  });
});

function liveId(outcome: { readonly kind: string; readonly liveId?: string }): string {
  expect(outcome).toMatchObject({ kind: 'done' });
  return outcome.liveId ?? '';
}

/** The answer of a program that was just started: it may not listen yet. */
async function answerOf(url: string): Promise<string> {
  const ask = async () => (await fetch(url)).text();
  return vi.waitFor(ask, { timeout: 60_000, interval: 100 });
}
