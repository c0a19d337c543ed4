import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec, ContainerUnit } from '../../../reconciler/model/desired.ts';
import { changedFields } from '../../../reconciler/plan/fields.ts';
import { api, logsOf } from './api.ts';
import { available } from './available.ts';
import { type Bench, benchOn, containerUnit, driftOf, mainOf, networkUnit } from './harness.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();

describe.skipIf(!engine.ok)('what a container gets of its machine', () => {
  let real: TestEngine;
  let bench: Bench;
  let folder: string;
  beforeAll(async () => {
    real = await startEngine();
    bench = benchOn(real.url);
    folder = `${real.folder}/media`;
    await real.exec('mkdir', '-p', folder);
    await real.exec('sh', '-c', `echo film > ${folder}/list`);
    await bench.apply({ kind: 'create-network', unit: networkUnit('a') });
  });
  afterAll(async () => {
    bench?.engine.close();
    await real?.stop();
  });

  /** Prints what the case is about, becomes healthy, and goes on. */
  const printing = (name: string, script: string, spec: Partial<ContainerSpec> = {}): ContainerUnit =>
    containerUnit(name, {
      image: 'autogit-test/plain:1',
      entrypoint: ['sh', '-c'],
      command: [`${script}; touch /tmp/healthy; while :; do sleep 1; done`],
      ...spec,
    });

  async function run(unit: ContainerUnit): Promise<readonly string[]> {
    const outcome = await bench.apply({ kind: 'apply-container', unit, sees: [] });
    expect(outcome.kind === 'failed' ? outcome.failure.detail : outcome.kind).toBe('done');
    return (await logsOf(real.socket, unit.name)).map((line) => line.trim());
  }

  const machine = () =>
    printing(
      'machine',
      'pwd; cat /media/list; ulimit -n; cat /proc/sys/net/core/somaxconn; grep printer /etc/hosts; ls /dev/net/tun; df -k /dev/shm | tail -1',
      {
        workingDirectory: '/var',
        networks: { 'home-a': ['machine'] },
        mounts: [{ volume: folder, path: '/media', readOnly: true }],
        ulimits: { nofile: { soft: 1234, hard: 4321 }, core: { soft: -1, hard: -1 } },
        sysctls: { 'net.core.somaxconn': '777' },
        devices: ['/dev/null:/dev/net/tun'],
        extraHosts: { 'printer.home.lan': '192.168.1.20', six: 'fd00::1' },
        tmpfs: { '/dev/shm': 'mode=1777,size=8388608' },
      },
    );

  it('is what the file says: folder, limits, kernel settings, addresses, devices, shared memory', async () => {
    const lines = await run(machine());
    expect(lines.slice(0, 6)).toEqual([
      '/var',
      'film',
      '1234',
      '777',
      expect.stringMatching(/^192\.168\.1\.20\s*printer\.home\.lan$/),
      '/dev/net/tun',
    ]);
    expect(lines[6]).toMatch(/\s8192\s.*\/dev\/shm$/);
  });

  it('reads back as it was asked, in a fresh look', async () => {
    const fresh = benchOn(real.url);
    const seen = mainOf(await fresh.observe(), machine());
    fresh.engine.close();
    expect(driftOf(seen, machine().spec)).toEqual([]);
    expect(changedFields(seen?.actual ?? {}, machine().spec)).toEqual([]);
  });

  it.each([
    ['Ulimits', [], 'ulimits', 'limits of resources changed'],
    ['Sysctls', { 'net.core.somaxconn': '1' }, 'sysctls', 'kernel settings changed'],
    ['Devices', [], 'devices', 'device /dev/null:/dev/net/tun removed'],
    ['ExtraHosts', ['printer.home.lan:10.0.0.1'], 'extraHosts', 'fixed addresses changed'],
    ['Mounts', [], 'mounts', `/media (read-only) removed`],
    ['NetworkMode', 'host', 'hostNetwork', 'network of the host used → not used'],
  ])('sees %s of a container made anew by hand', async (key, value, field, words) => {
    const unit = machine();
    const before = await api<{ Id: string; Config: object; HostConfig: object }>(
      real.socket,
      'GET',
      `/containers/${unit.name}/json`,
    );
    await api(real.socket, 'DELETE', `/containers/${before.Id}?force=1`);
    const HostConfig: Record<string, unknown> = { ...before.HostConfig, [key]: value };
    if (key === 'NetworkMode') delete HostConfig.Sysctls;
    const body = { ...before.Config, Hostname: '', HostConfig };
    const made = await api<{ Id: string }>(real.socket, 'POST', `/containers/create?name=${unit.name}`, body);
    const seen = mainOf(await bench.observe(), unit);
    const changes = changedFields(seen?.actual ?? {}, unit.spec);
    expect(changes.map((change) => change.field)).toContain(field);
    const said = changes.map(({ text }) => text).join('\n');
    expect(said).toContain(field === 'devices' ? words.replace('removed', 'added') : words.replace('removed', 'added'));
    expect(await bench.apply({ kind: 'apply-container', unit, sees: [made.Id] })).toMatchObject({ kind: 'done' });
    expect(driftOf(mainOf(await bench.observe(), unit), unit.spec)).toEqual([]);
  });

  it('is the network of the host, and no other', async () => {
    const unit = printing('discovery', 'ls /sys/class/net', { hostNetwork: true });
    const names = await run({ ...unit, replace: 'stop-first' });
    expect(names.length).toBeGreaterThan(2);
    expect(names).toContain('docker0');
    expect(driftOf(mainOf(await bench.observe(), unit), unit.spec)).toEqual([]);
  });

  it('is a volume of somebody else, whose labels and content stay, and which is never made', async () => {
    const mount = { volume: 'their-data', path: '/data', readOnly: false };
    const unit = {
      ...printing('guest', 'cat /data/kept; echo guest >> /data/kept', { mounts: [mount] }),
      externalVolumes: ['their-data'],
      replace: 'stop-first' as const,
    };
    expect(await bench.apply({ kind: 'apply-container', unit, sees: [] })).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'rejected',
        detail: expect.stringContaining(
          'home-guest-1 mounts volume their-data, which is not there; AutoGit never makes a volume that is `external`: run docker volume create their-data on host local',
        ),
      },
    });
    expect(await volumeNames()).not.toContain('their-data');
    await api(real.socket, 'POST', '/volumes/create', { Name: 'their-data', Labels: { owner: 'them' } });
    await run(unit);
    expect(await api(real.socket, 'GET', '/volumes/their-data')).toMatchObject({ Labels: { owner: 'them' } });
  });

  const volumeNames = async () =>
    (await api<{ Volumes: readonly { Name: string }[] | null }>(real.socket, 'GET', '/volumes')).Volumes?.map(
      ({ Name }) => Name,
    ) ?? [];

  it.each([
    [
      'a folder that is not there',
      { mounts: [{ volume: '/no/such/folder', path: '/media', readOnly: false }] },
      /mounts the folder \/no\/such\/folder, which is not on host local: make it there, or correct hostPath/,
    ],
    [
      'a device that is not there',
      { devices: ['/dev/nothing:/dev/nothing'] },
      /uses the device \/dev\/nothing, which is not on host local: plug it in or load its driver/,
    ],
    [
      'a GPU on a host without one',
      { gpus: [{ driver: 'nvidia', ids: ['0'] }] },
      /asks for GPUs \(nvidia\) that the engine of host local cannot hand out: install the driver and, for nvidia, nvidia-container-toolkit/,
    ],
    [
      'a kernel setting of the whole machine',
      { sysctls: { 'vm.swappiness': '1' } },
      /has a kernel setting that the engine refuses .*: remove it from sysctls/,
    ],
  ])('fails in words for %s, and leaves nothing behind', async (_, spec, words) => {
    const unit = printing('wanting', 'true', spec);
    expect(await bench.apply({ kind: 'apply-container', unit, sees: [] })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'rejected', detail: expect.stringMatching(words) },
    });
    expect((await bench.observe()).containers.filter(({ unit: id }) => id === unit.id)).toEqual([]);
  });
});
