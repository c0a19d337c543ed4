import type { ExpandContext } from '../compiler/model/component.ts';
import type { EnvironmentVariable, Mount, Workload } from '../compiler/model/platform.ts';
import type { Role } from '../compiler/model/roles.ts';

/** What differs between the programs that turn what a server says of itself into metrics. */
export interface Exporter {
  readonly component: string;
  /** Default image, with a tag. */
  readonly image: string;
  /** Port that Prometheus asks. */
  readonly port: number;
  /** Path that answers while the program works. */
  readonly healthPath: string;
  readonly command?: readonly string[];
  readonly environment?: readonly EnvironmentVariable[];
  readonly mounts?: readonly Mount[];
}

/** Id of the exporter beside a workload. */
export function exporterId(id: string): string {
  return `${id}-metrics`;
}

/** The container beside a server that makes its metrics: it reaches the server, monitoring reaches it, and nothing else. */
export function exporterOf({ id, origin, host }: ExpandContext<Role>, exporter: Exporter): Workload {
  const { component, image, port, healthPath, command, environment = [], mounts = [] } = exporter;
  return {
    id: exporterId(id),
    origin,
    component,
    host: host.id,
    image,
    ...(command === undefined ? {} : { command }),
    environment,
    ports: [{ name: 'metrics', port, protocol: 'tcp', private: true, origin }],
    mounts,
    health: {
      test: { kind: 'http', port, path: healthPath, client: 'wget' },
      intervalMs: 30_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 30_000,
    },
    needs: [{ workload: id, condition: 'healthy', origin }],
    limits: { cpus: 0.2, memoryBytes: 32 * 2 ** 20 },
    user: { uid: 65534, gid: 65534 },
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: false,
    stopGraceMs: 10_000,
  };
}
