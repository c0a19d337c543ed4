import type { ExpandContext } from '../../compiler/model/component.ts';
import type { Config, EnvironmentVariable, Mount, Need, Port, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { GitlabSpec } from '../../schema/spec.ts';
import { scriptPaths } from './backup.ts';
import { metricsPorts } from './metrics.ts';
import { gitlabLimits } from './profile.ts';
import { ports } from './server-settings.ts';

export const files = { settings: 'gitlab.rb', start: 'start.sh', backup: 'backup.sh', restore: 'restore.sh' } as const;

const paths: Readonly<Record<string, string>> = {
  [files.settings]: '/etc/autogit/gitlab.rb',
  [files.start]: '/etc/autogit/start.sh',
  [files.backup]: scriptPaths.backup,
  [files.restore]: scriptPaths.restore,
};

/**
 * What the image needs, as its documentation tells: its first process is root, starts every part as a user of its own, and
 * gives folders to them. All of these are in Docker's usual set, and none in that of the Pod Security level `restricted`.
 */
const capabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_BIND_SERVICE',
  'SETGID',
  'SETUID',
  'SYS_CHROOT',
] as const;

export interface WorkloadParts {
  readonly image: string;
  readonly configs: readonly Config[];
  /** Ids of all secrets that it reads. */
  readonly secrets: readonly string[];
  readonly mounts: readonly Mount[];
  readonly needs: readonly Need[];
}

export function workloadOf(spec: GitlabSpec, context: ExpandContext, parts: WorkloadParts): Workload {
  const { id, origin, host } = context;
  return {
    id,
    origin,
    component: 'gitlab',
    host: host.id,
    image: parts.image,
    entrypoint: ['/bin/sh', paths[files.start] as string],
    command: [],
    environment: environmentOf(spec, origin),
    ports: portsOf(spec, context),
    mounts: [
      { kind: 'volume', volume: `${id}-config`, path: '/etc/gitlab', readOnly: false },
      { kind: 'volume', volume: `${id}-data`, path: '/var/opt/gitlab', readOnly: false },
      { kind: 'volume', volume: `${id}-logs`, path: '/var/log/gitlab', readOnly: false },
      // Its PostgreSQL and its Ruby processes exchange rows and metrics here.
      { kind: 'tmpfs', path: '/dev/shm', sizeBytes: 256 * 2 ** 20 },
      ...parts.configs.map(({ id: config, file }): Mount => ({ kind: 'config', config, path: paths[file] as string })),
      ...parts.secrets.map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
      ...parts.mounts,
    ],
    health: {
      // Inside the container, which alone may ask.
      test: { kind: 'exec', command: ['curl', '-fsS', '-o', '/dev/null', '-m', '15', readiness] },
      intervalMs: 30_000,
      timeoutMs: 20_000,
      retries: 5,
      // The first start takes up to ten minutes; after an upgrade the database is changed before it answers.
      startMs: 1_800_000,
    },
    needs: parts.needs,
    limits: gitlabLimits(spec),
    // No user: a group for volumes would open the folder of its PostgreSQL to others, which that refuses.
    readOnlyRoot: false,
    capabilities: [...capabilities],
    internet: spec.internet || spec.mail !== undefined,
    stateful: true,
    // It starts and stops all its parts itself.
    ownInit: true,
    // Running pushes and background jobs are finished, then its PostgreSQL writes what it has.
    stopGraceMs: 120_000,
  };
}

const readiness = `http://127.0.0.1:${ports.http}/-/readiness`;

function environmentOf({ ssh }: GitlabSpec, origin: string): readonly EnvironmentVariable[] {
  const text = {
    // Ruby that the image runs; what it names is read in the same way.
    GITLAB_OMNIBUS_CONFIG: `from_file('${paths[files.settings]}')`,
    ...(ssh === undefined ? { GITLAB_DISABLE_OPENSSH: 'true' } : {}),
  };
  return Object.entries(text).map(([name, value]) => ({ name, value: { kind: 'text', text: value }, origin }));
}

function portsOf(spec: GitlabSpec, { origin, platform }: ExpandContext): readonly Port[] {
  const watched = platform.roles.includes('monitoring');
  return [
    { name: 'http', port: ports.http, protocol: 'tcp', origin },
    ...(watched ? metricsPorts(spec, origin) : []),
    ...sshPort(spec, origin),
  ];
}

function sshPort({ ssh }: GitlabSpec, origin: string): readonly Port[] {
  if (ssh === undefined) return [];
  const at = pointerTo(origin, 'ssh', 'port');
  const publish = ssh.through === 'host' ? { publish: { port: ssh.port } } : {};
  return [{ name: 'ssh', port: ports.ssh, protocol: 'tcp', origin: at, ...publish }];
}
