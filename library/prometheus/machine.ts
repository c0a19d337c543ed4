import type { ExpandContext, ImageLicence } from '../../compiler/model/component.ts';
import type { Workload } from '../../compiler/model/platform.ts';
import { nobody } from './user.ts';

export const machinePort = 9100;

export const machineImage: ImageLicence = {
  image: 'prom/node-exporter:v1.12.1',
  title: 'Node exporter',
  licence: 'Apache-2.0',
};

export function machineId(id: string): string {
  return `${id}-machine`;
}

/**
 * What the kernel says of the machine in any container: processors, memory, load, pressure and disks are not separated
 * there, and `/etc/hosts` lies on the disk of the engine. So no folder of the host is mounted; its networks and other
 * disks stay unseen. On Kubernetes there is one on every node.
 */
export function machineOf({ id, origin, host }: ExpandContext): Workload {
  const collectors = [
    'cpu',
    'diskstats',
    'filesystem',
    'loadavg',
    'meminfo',
    'pressure',
    'stat',
    'time',
    'uname',
    'vmstat',
  ];
  return {
    id: machineId(id),
    origin,
    component: 'node-exporter',
    host: host.id,
    image: machineImage.image,
    everyNode: true,
    command: [
      `--web.listen-address=:${machinePort}`,
      '--collector.disable-defaults',
      ...collectors.map((collector) => `--collector.${collector}`),
    ],
    environment: [],
    ports: [{ name: 'metrics', port: machinePort, protocol: 'tcp', private: true, origin }],
    mounts: [],
    health: {
      test: { kind: 'http', port: machinePort, path: '/', client: 'wget' },
      intervalMs: 30_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 30_000,
    },
    needs: [],
    limits: { cpus: 0.2, memoryBytes: 32 * 2 ** 20 },
    user: nobody,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: false,
    stopGraceMs: 10_000,
  };
}
