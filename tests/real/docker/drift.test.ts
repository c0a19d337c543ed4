import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '../../../reconciler/docker/labels.ts';
import { allowList } from '../../../reconciler/docker/routes.ts';
import type { ContainerUnit } from '../../../reconciler/model/desired.ts';
import { api } from './api.ts';
import { startApiProxy } from './api-proxy.ts';
import { available } from './available.ts';
import { type Bench, benchOn, containerUnit, driftOf, mainOf, networkUnit, scope, volumeUnit } from './harness.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();

describe.skipIf(!engine.ok)('drift of a container, seen field by field', () => {
  let real: TestEngine;
  let bench: Bench;
  let unit: ContainerUnit;
  let id: string;
  beforeAll(async () => {
    real = await startEngine();
    bench = benchOn(real.url);
    await bench.apply({ kind: 'create-network', unit: networkUnit('a') });
    await bench.apply({ kind: 'create-network', unit: networkUnit('b', false) });
    await bench.apply({ kind: 'create-volume', unit: volumeUnit('data') });
    unit = containerUnit('full', {
      networks: { 'home-a': ['full', 'home-full'], 'home-b': [] },
      environment: { VERSION: '1', PATH: '/bin', EMPTY: '' },
      mounts: [{ volume: 'home-data', path: '/data', readOnly: false }],
      tmpfs: { '/tmp': 'mode=1777,size=1048576' },
      ports: [{ port: 8080, protocol: 'tcp', hostPort: 18090, address: '0.0.0.0' }],
      capAdd: ['CHOWN', 'NET_BIND_SERVICE'],
      user: '0:0',
      readOnlyRoot: true,
      stopSignal: 'SIGINT',
    });
    const outcome = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(outcome).toMatchObject({ kind: 'done' });
    id = outcome.kind === 'done' ? (outcome.liveId ?? '') : '';
  });
  afterAll(async () => {
    bench?.engine.close();
    await real?.stop();
  });

  /** What a reconciler that just started sees: nothing remembered, no events. */
  async function freshDrift(): Promise<readonly string[]> {
    const fresh = benchOn(real.url);
    const state = await fresh.observe();
    fresh.engine.close();
    return driftOf(mainOf(state, unit), unit.spec);
  }

  it('is none in an untouched container that uses every field', async () => {
    expect(await freshDrift()).toEqual([]);
  });

  it('is none in an untouched container that uses only what the image says', async () => {
    const { health: _health, ...spec } = containerUnit('plain', { image: 'autogit-test/ok:1' }).spec;
    const plain = { ...containerUnit('plain'), spec };
    expect(await bench.apply({ kind: 'apply-container', unit: plain, sees: [] })).toMatchObject({ kind: 'done' });
    const seen = mainOf(await bench.observe(), plain);
    expect(driftOf(seen, spec)).toEqual([]);
    expect(seen?.actual).not.toHaveProperty('health');
    expect(seen?.actual).not.toHaveProperty('command');
  });

  it('sees changed limits and restart policy, and changes them back in the running container', async () => {
    await api(real.socket, 'POST', `/containers/${id}/update`, {
      NanoCpus: 1e9,
      Memory: 32 * 2 ** 20,
      MemorySwap: 64 * 2 ** 20,
      PidsLimit: 7,
      RestartPolicy: { Name: 'no' },
    });
    expect(await freshDrift()).toEqual(['cpus', 'memoryBytes', 'pids', 'restart']);
    const before = mainOf(await bench.observe(), unit)?.startedAt;
    expect(await bench.apply({ kind: 'update-container', unit, container: id })).toEqual({ kind: 'done', liveId: id });
    expect(await freshDrift()).toEqual([]);
    expect(mainOf(await bench.observe(), unit)?.startedAt).toBe(before);
  });

  it('refuses an update that the engine cannot make, so that the container is made anew', async () => {
    const unlimited = { ...unit, spec: { ...unit.spec, memoryBytes: 0 } };
    expect(await bench.apply({ kind: 'update-container', unit: unlimited, container: id })).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'rejected',
        detail: expect.stringMatching(/cannot change memoryBytes of the running home-full-1: it has to be made anew/),
      },
    });
  });

  it('sees a detached network and lost aliases, and joins again', async () => {
    await api(real.socket, 'POST', '/networks/home-b/disconnect', { Container: id });
    expect(await freshDrift()).toEqual(['networks']);
    expect(await bench.apply({ kind: 'connect-container', unit, container: id, networks: ['home-b'] })).toMatchObject({
      kind: 'done',
    });
    expect(await freshDrift()).toEqual([]);
    await api(real.socket, 'POST', '/networks/home-a/disconnect', { Container: id });
    await api(real.socket, 'POST', '/networks/home-a/connect', {
      Container: id,
      EndpointConfig: { Aliases: ['wrong'] },
    });
    expect(await freshDrift()).toEqual(['networks']);
    expect(await bench.apply({ kind: 'connect-container', unit, container: id, networks: ['home-a'] })).toMatchObject({
      kind: 'done',
    });
    expect(await freshDrift()).toEqual([]);
  });

  it('sees that it was stopped by hand, and starts it', async () => {
    await api(real.socket, 'POST', `/containers/${id}/stop?t=1`);
    expect(mainOf(await bench.observe(), unit)).toMatchObject({ state: 'exited' });
    expect(await bench.apply({ kind: 'start-container', unit, container: id })).toEqual({ kind: 'done', liveId: id });
    expect(mainOf(await bench.observe(), unit)).toMatchObject({ state: 'running' });
    await api(real.socket, 'POST', `/containers/${id}/pause`);
    expect(mainOf(await bench.observe(), unit)).toMatchObject({ state: 'paused' });
    expect(await bench.apply({ kind: 'start-container', unit, container: id })).toMatchObject({ kind: 'done' });
  });

  it.each([
    [
      'environment',
      (body: Body) => ({
        ...body,
        Env: [...body.Env.filter((entry) => !entry.startsWith('VERSION=')), 'VERSION=hacked'],
      }),
    ],
    ['environment', (body: Body) => ({ ...body, Env: [...body.Env, 'EXTRA=1'] })],
    ['command', (body: Body) => ({ ...body, Cmd: ['sleep', '1000'] })],
    ['environment,image', (body: Body) => ({ ...body, Image: 'autogit-test/plain:1' })],
    ['capAdd', (body: Body) => ({ ...body, HostConfig: { ...body.HostConfig, Privileged: true } })],
    ['mounts', (body: Body) => ({ ...body, HostConfig: { ...body.HostConfig, Binds: ['/etc:/host-etc:ro'] } })],
    ['user', (body: Body) => ({ ...body, User: '1000' })],
    ['readOnlyRoot', (body: Body) => ({ ...body, HostConfig: { ...body.HostConfig, ReadonlyRootfs: false } })],
    [
      'ports',
      (body: Body) => ({
        ...body,
        HostConfig: { ...body.HostConfig, PortBindings: { '8080/tcp': [{ HostIp: '0.0.0.0', HostPort: '18099' }] } },
      }),
    ],
    ['health', (body: Body) => ({ ...body, Healthcheck: { Test: ['CMD', 'true'] } })],
    ['stopGraceMs', (body: Body) => ({ ...body, StopTimeout: 77 })],
    ['init', (body: Body) => ({ ...body, HostConfig: { ...body.HostConfig, Init: false } })],
  ])('sees %s in a container made anew by hand under the same labels, and replaces it', async (field, change) => {
    const old = mainOf(await bench.observe(), unit);
    const made = await api<{ Config: Body; HostConfig: object; NetworkSettings: { Networks: object } }>(
      real.socket,
      'GET',
      `/containers/${old?.id}/json`,
    );
    await api(real.socket, 'DELETE', `/containers/${old?.id}?force=1`);
    const endpoint = { 'home-a': { Aliases: ['full', 'home-full'] } };
    const body = change({
      ...made.Config,
      Hostname: '',
      HostConfig: made.HostConfig,
      NetworkingConfig: { EndpointsConfig: endpoint },
    } as unknown as Body);
    const { Id } = await api<{ Id: string }>(real.socket, 'POST', `/containers/create?name=${unit.name}`, body);
    await api(real.socket, 'POST', '/networks/home-b/connect', { Container: Id });
    expect(await freshDrift()).toEqual(field.split(','));
    expect(await bench.apply({ kind: 'apply-container', unit, sees: [Id] })).toMatchObject({ kind: 'done' });
    expect(await freshDrift()).toEqual([]);
  });

  interface Body {
    readonly Env: readonly string[];
    readonly HostConfig: Readonly<Record<string, unknown>>;
  }

  it('costs three reads and no write when nothing changed', async () => {
    const proxy = await startApiProxy(real.socket);
    const quiet = benchOn(proxy.url);
    await quiet.observe();
    proxy.calls.length = 0;
    for (let cycle = 0; cycle < 5; cycle++) await quiet.observe();
    quiet.engine.close();
    await proxy.close();
    expect(proxy.writes()).toEqual([]);
    expect(proxy.calls.map((call) => call.path).sort()).toEqual([
      ...Array(5).fill('/containers/json'),
      ...Array(5).fill('/networks'),
      ...Array(5).fill('/volumes'),
    ]);
  });

  it('makes no call that is not on the published list of routes', async () => {
    const proxy = await startApiProxy(real.socket);
    const all = benchOn(proxy.url);
    const other = containerUnit('routes', { networks: { 'home-a': ['routes'] } });
    await all.observe();
    const first = await all.apply({ kind: 'apply-container', unit: other, sees: [] });
    await all.apply({ kind: 'pull-image', image: '127.0.0.1:1/none:1' });
    const seen = first.kind === 'done' ? (first.liveId ?? '') : '';
    await all.apply(
      {
        kind: 'apply-container',
        unit: containerUnit('routes', { networks: { 'home-a': ['routes'] }, image: 'autogit-test/never:1' }),
        sees: [seen],
      },
      { deadlineMs: 4000 },
    );
    await all.apply({ kind: 'remove-container', unitId: other.id, container: seen, name: other.name });
    all.engine.close();
    await proxy.close();
    const allowed = allowList();
    const strangers = proxy.calls.filter(
      (call) =>
        !allowed.some(
          (route) => route.method === call.method && new RegExp(route.pattern).test(call.url.replace(/\?.*$/, '')),
        ),
    );
    expect(strangers).toEqual([]);
    expect(proxy.calls.length).toBeGreaterThan(20);
    expect(allowed.length).toBeLessThanOrEqual(45);
    expect(allowed.filter((route) => /archive|plugin|swarm|services|secrets|build/.test(route.pattern))).toEqual([]);
    expect(proxy.calls.filter((call) => /VERSION|Env/.test(call.url))).toEqual([]);
  });

  it('wakes on events, and looks again at what they name', async () => {
    const watcher = benchOn(real.url);
    const before = mainOf(await watcher.observe(), unit);
    let wakes = 0;
    const end = new AbortController();
    const watching = watcher.engine.watch(scope, () => wakes++, end.signal);
    let pids = 50;
    const change = async () => {
      pids += 1;
      await api(real.socket, 'POST', `/containers/${before?.id}/update`, { PidsLimit: pids });
      return wakes;
    };
    // A change before the watcher listens wakes nobody.
    await expect.poll(change, { timeout: 60_000, interval: 1000 }).toBeGreaterThan(0);
    // The list does not show this field: only the event tells that it changed.
    await expect
      .poll(async () => mainOf(await watcher.observe(), unit)?.actual.pids, { timeout: 60_000, interval: 200 })
      .toBe(pids);
    const seen = wakes;
    await real.ctl('restart');
    await expect.poll(() => wakes, { timeout: 60_000 }).toBeGreaterThan(seen);
    end.abort();
    await watching;
    expect(watcher.log.lines.join('\n')).toContain('docker.events.reconnected');
    watcher.engine.close();
  });

  it('carries labels of the platform, of the unit and of Compose', async () => {
    const other = containerUnit('labels');
    await bench.apply({ kind: 'apply-container', unit: other, sees: [] });
    const made = await api<{ Config: { Labels: Record<string, string> } }>(
      real.socket,
      'GET',
      `/containers/${other.name}/json`,
    );
    expect(made.Config.Labels).toMatchObject({
      [LABEL.platform]: 'home',
      [LABEL.deployment]: 'd1',
      [LABEL.unit]: other.id,
      [LABEL.digest]: other.digest,
      'com.docker.compose.project': 'home',
      'com.docker.compose.service': 'labels',
      'com.docker.compose.oneoff': 'False',
    });
  });
});
