import type { Platform, Pool } from '../../compiler/model/platform.ts';
import type { Demand, ForgeRunner, HostRunner, QueuedJob, RunningJob } from '../../reconciler/model/load.ts';
import type { Reading } from '../../reconciler/model/reading.ts';
import type { PoolMemory } from '../../reconciler/model/record.ts';
import type { HostState, Snapshot } from '../../reconciler/model/snapshot.ts';
import { poolDigest } from '../../reconciler/plan/pool-runners.ts';

/** Noon of some day; every test counts from here. */
export const NOON = 1_800_000_000_000;
const GIB = 1024 ** 3;

export interface PoolWish {
  readonly id?: string;
  readonly labels?: readonly string[];
  readonly hosts?: readonly string[];
  readonly image?: string;
  readonly arch?: Pool['arch'];
  readonly cpus?: number;
  readonly memory?: number;
  readonly min?: number;
  readonly max?: number;
  readonly idle?: number;
  readonly idleMs?: number;
}

export function aPool(wish: PoolWish = {}): Pool {
  const id = wish.id ?? 'linux';
  return {
    id,
    origin: `/runners/${id}`,
    labels: wish.labels ?? ['linux'],
    arch: wish.arch ?? ['amd64'],
    hosts: wish.hosts ?? ['local'],
    image: wish.image ?? 'runner:1',
    size: {
      min: wish.min ?? 0,
      ...(wish.max === undefined ? {} : { max: wish.max }),
      idle: wish.idle ?? 0,
      idleMs: wish.idleMs ?? 60_000,
    },
    limits: { cpus: wish.cpus ?? 1, memoryBytes: wish.memory ?? GIB },
  };
}

export function aPlatform(pools: readonly Pool[], hosts: readonly string[] = ['local']): Platform {
  return {
    name: 'home',
    domain: 'home.test',
    target: 'compose',
    gitops: { branch: 'main', intervalMs: 30_000, prune: { max: 5, volumes: 'never' }, rollback: 'auto' },
    hosts: hosts.map((id) => ({ id, origin: `/hosts/${id}`, engine: { kind: 'process' }, arch: 'amd64', gpus: [] })),
    cluster: { namespace: 'home', version: '1.28', routes: 'ingress' },
    workloads: [],
    volumes: [],
    links: [],
    routes: [],
    secrets: [],
    configs: [],
    pools,
    accept: {},
  };
}

export function aHost(
  runners: readonly HostRunner[] = [],
  size: { cpus?: number; memory?: number; arch?: string } = {},
): HostState {
  return {
    engine: {
      id: 'engine',
      version: '1',
      apiVersion: '1',
      cpus: size.cpus ?? 64,
      memoryBytes: size.memory ?? 256 * GIB,
      arch: size.arch ?? 'x86_64',
    },
    containers: [],
    networks: [],
    volumes: [],
    runners,
  };
}

export function job(id: string, labels: readonly string[] = ['linux'], queuedAt = NOON - 5000): QueuedJob {
  return { id, name: `job ${id}`, labels, project: 'ci/demo', queuedAt };
}

export function jobs(count: number, labels: readonly string[] = ['linux']): readonly QueuedJob[] {
  return Array.from({ length: count }, (_, i) => job(`${labels.join('+')}-${i + 1}`, labels));
}

export function runs(runnerName: string, startedAt = NOON - 1000): RunningJob {
  return {
    id: `of ${runnerName}`,
    name: 'build',
    project: 'ci/demo',
    startedAt,
    runnerName,
    runnerId: idOf(runnerName),
  };
}

const idOf = (name: string): string => `f-${name}`;

/** A runner on a host, made two minutes ago from the pool as it is. */
export function onHost(name: string, more: Partial<HostRunner> & { readonly of?: Pool } = {}): HostRunner {
  const { of: pool = aPool(), ...rest } = more;
  return {
    id: `pid-${name}`,
    host: 'local',
    pool: pool.id,
    name,
    forgeId: idOf(name),
    state: 'running',
    startedAt: NOON - 120_000,
    digest: poolDigest(pool),
    ...rest,
  };
}

export function atForge(name: string, more: Partial<ForgeRunner> = {}): ForgeRunner {
  return { id: idOf(name), name, online: true, disabled: false, labels: ['linux'], ...more };
}

export function fresh<T>(value: T, at = NOON): Reading<T> {
  return { kind: 'fresh', value, at };
}

export function failed(
  detail: string,
  kind: 'unreachable' | 'unauthorized' | 'timeout' = 'unreachable',
): Reading<never> {
  return { kind: 'failed', at: NOON, failure: { kind, detail } };
}

export function stale<T>(value: T, detail: string, at = NOON - 30_000): Reading<T> {
  return { kind: 'stale', value, at, failure: { kind: 'unreachable', detail } };
}

export interface World {
  readonly at?: number;
  readonly pools?: readonly Pool[];
  readonly queued?: readonly QueuedJob[];
  readonly running?: readonly RunningJob[];
  readonly hosted?: readonly HostRunner[];
  readonly forge?: readonly ForgeRunner[];
  readonly memory?: Readonly<Record<string, PoolMemory>>;
  /** Instead of what the short forms above make. */
  readonly demand?: Reading<Demand>;
  readonly forgeRunners?: Reading<readonly ForgeRunner[]>;
  readonly hosts?: Readonly<Record<string, Reading<HostState>>>;
  readonly units?: Snapshot['desired']['units'];
  readonly adoptOnly?: boolean;
}

/** A snapshot with everything fresh unless told otherwise. */
export function snapshotOf(world: World): Snapshot {
  const at = world.at ?? NOON;
  const pools = world.pools ?? [aPool()];
  const hosts = world.hosts ?? { local: fresh(aHost(world.hosted), at) };
  return {
    at,
    desired: { revision: 'r1', platform: aPlatform(pools, Object.keys(hosts)), units: world.units ?? [] },
    hosts,
    demand: world.demand ?? fresh({ queued: world.queued ?? [], running: world.running ?? [] }, at),
    forgeRunners: world.forgeRunners ?? fresh(world.forge ?? [], at),
    deployment: 'd1',
    inventory: [],
    revisions: [],
    pools: world.memory ?? {},
    adoptOnly: world.adoptOnly ?? false,
  };
}

/** A memory in which these runners came up, and have been idle since. */
export function remembers(idleSince: Readonly<Record<string, number>>, more: Partial<PoolMemory> = {}): PoolMemory {
  return {
    failures: [],
    orphans: [],
    tokens: 20,
    tokensAt: 0,
    idleSince,
    ready: Object.keys(idleSince),
    emptySince: NOON - 600_000,
    surplusSince: NOON - 600_000,
    ...more,
  };
}
