/** What a pod asks of a folder of its node, and of a program that has no port, where the file does not say enough. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { target } from '../../compiler/kubernetes/target.ts';
import type { Platform, Workload } from '../../compiler/model/platform.ts';
import { web } from './kubernetes-platforms.ts';
import { platform, workload } from './platforms.ts';

async function podOf(parts: Partial<Workload>, rest: Partial<Platform> = {}) {
  const { manifests } = await target.render(platform({ workloads: [workload('web', parts)], ...rest }));
  const deployment = manifests.find(({ path }) => path.endsWith('/deployment-home-web.yaml'));
  return parse(deployment?.text ?? '').spec.template.spec;
}

describe('files', () => {
  it.each([
    ['/var/run/docker.sock', '/var/run/docker.sock', 'Socket'],
    ['/srv/agent/agent.socket', '/agent', 'Socket'],
    ['/srv/app/settings.yaml', '/etc/app/settings.yaml', undefined],
    ['/srv/app/settings', '/etc/app/settings.yaml', undefined],
    ['/etc/localtime', '/etc/localtime', undefined],
    ['/usr/bin/docker', '/usr/bin/docker', undefined],
    ['/dev/dri', '/dev/dri', undefined],
    ['/srv/films', '/films', 'Directory'],
    ['/srv/backups.d/films', '/films', 'Directory'],
  ])('of the node may be a file or a socket: %s at %s', async (hostPath, path, type) => {
    const mounts = [{ kind: 'volume' as const, volume: 'web-files', path, readOnly: true }];
    const files = { id: 'web-files', workload: 'web', origin: '/services/web/volumes/files', sizeBytes: 1, hostPath };
    const spec = await podOf({ mounts }, { volumes: [files] });
    expect(spec.volumes).toEqual([{ name: 'files', hostPath: { path: hostPath, ...(type && { type }) } }]);
  });
});

describe('the program', () => {
  it('that has no port to ask is not killed by its own check, which may follow a database', async () => {
    const test = { kind: 'exec' as const, command: ['queue-worker', 'ping'] };
    const health = { ...(web().health as NonNullable<Workload['health']>), test };
    const udp = { name: 'dns', port: 53, protocol: 'udp' as const, origin: '' };
    for (const ports of [[], [udp]]) {
      const spec = await podOf({ health, ports });
      const probes = Object.keys(spec.containers[0]).filter((key) => key.endsWith('Probe'));
      expect(probes).toEqual(['readinessProbe']);
    }
  });
});
