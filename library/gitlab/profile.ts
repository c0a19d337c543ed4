/** What GitLab may take (https://docs.gitlab.com/omnibus/settings/memory_constrained_envs/). */
import type { Limits } from '../../compiler/model/platform.ts';
import { bytesIn } from '../../compiler/model/quantities.ts';
import type { GitlabSpec } from '../../schema/spec.ts';
import { map, type Setting, set } from './ruby.ts';

const gibibyte = 2 ** 30;
const mebibyte = 2 ** 20;

interface Profile {
  readonly limits: Limits;
  /** With less it is killed while it starts. */
  readonly leastBytes: number;
}

export const profiles: Readonly<Record<GitlabSpec['profile'], Profile>> = {
  small: { limits: { cpus: 2, memoryBytes: 5 * gibibyte }, leastBytes: 3 * gibibyte },
  standard: { limits: { cpus: 4, memoryBytes: 10 * gibibyte }, leastBytes: 6 * gibibyte },
};

export function gitlabLimits({ profile, limits }: GitlabSpec): Limits {
  const usual = profiles[profile].limits;
  return {
    cpus: limits?.cpus ?? usual.cpus,
    memoryBytes: limits?.memory === undefined ? usual.memoryBytes : bytesIn(limits.memory),
  };
}

/** Whether Rails and Sidekiq show metrics: each has a server of its own for them. */
export function showsAllMetrics({ profile }: GitlabSpec): boolean {
  return profile === 'standard';
}

/** Memory that nobody uses goes back to the system within a second, in place of ten. */
const decay = 'dirty_decay_ms:1000,muzzy_decay_ms:1000';

/** Settings that decide how much memory it takes. The package would ask the host, and not the container, how much there is. */
export function profileSettings(spec: GitlabSpec): readonly Setting[] {
  return [
    // What it brings of monitoring; the monitoring role does the same for all.
    set('prometheus_monitoring', 'enable', false),
    // The agent server for Kubernetes, which few need.
    set('gitlab_kas', 'enable', false),
    ...(spec.profile === 'small' ? smallSettings : standardSettings(gitlabLimits(spec))),
  ];
}

const smallSettings: readonly Setting[] = [
  // One process for all requests, with threads.
  set('puma', 'worker_processes', 0),
  set('sidekiq', 'concurrency', 10),
  set('postgresql', 'shared_buffers', '256MB'),
  set('gitlab_rails', 'env', map({ MALLOC_CONF: decay })),
  set('gitaly', 'env', map({ GITALY_COMMAND_SPAWN_MAX_PARALLEL: '2', MALLOC_CONF: decay })),
];

/** A process for each CPU, as many as fit beside the 1.5 GiB of everything else, and two at least. */
function standardSettings({ cpus, memoryBytes }: Limits): readonly Setting[] {
  const fitting = Math.floor((memoryBytes - 1.5 * gibibyte) / gibibyte);
  const buffers = Math.floor(Math.min(2 * gibibyte, Math.max(256 * mebibyte, memoryBytes / 8)) / mebibyte);
  return [
    set('puma', 'worker_processes', Math.max(2, Math.min(Math.ceil(cpus), fitting, 16))),
    set('sidekiq', 'concurrency', 20),
    set('postgresql', 'shared_buffers', `${buffers}MB`),
  ];
}

/** Large pushes and clones at once are what takes Gitaly over its memory on a small machine. */
export const smallConcurrency = [
  map({ rpc: '/gitaly.SmartHTTPService/PostReceivePack', max_per_repo: 3 }),
  map({ rpc: '/gitaly.SSHService/SSHUploadPack', max_per_repo: 3 }),
] as const;
