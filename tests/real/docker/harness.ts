import { createDockerEngine, type DockerEngineOptions } from '../../../reconciler/docker/create-docker-engine.ts';
import type {
  ContainerSpec,
  ContainerUnit,
  FilesUnit,
  NetworkUnit,
  VolumeUnit,
} from '../../../reconciler/model/desired.ts';
import type { UnitAction } from '../../../reconciler/model/plan.ts';
import type { Outcome } from '../../../reconciler/model/record.ts';
import { fail, ok } from '../../../reconciler/model/result.ts';
import { Secret } from '../../../reconciler/model/secret.ts';
import type { HostState, ObservedContainer } from '../../../reconciler/model/snapshot.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { ActContext, Engine, Scope } from '../../../reconciler/ports/engine.ts';
import type { Log } from '../../../reconciler/ports/log.ts';

export const scope: Scope = { platform: 'home', deployment: 'd1' };

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    }),
};

/** A log that keeps its lines, as text, for tests that look for secrets in it. */
export function recordingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (event: string, fields?: Readonly<Record<string, unknown>>): void => {
      lines.push(`${level} ${event} ${JSON.stringify(fields ?? {})}`);
    };
  const log: Log & { readonly lines: string[] } = {
    lines,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    debug: write('debug'),
    child: () => log,
  };
  return log;
}

export interface Bench {
  readonly engine: Engine;
  readonly log: ReturnType<typeof recordingLog>;
  readonly progress: string[];
  /** Values of secrets by id. */
  readonly secrets: Record<string, string>;
  apply(
    action: ActionInput,
    options?: { readonly deadlineMs?: number; readonly signal?: AbortSignal },
  ): Promise<Outcome>;
  context(options?: { readonly deadlineMs?: number; readonly signal?: AbortSignal }): ActContext;
  observe(): Promise<HostState>;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An action without the parts that only the planner and the reader care about. */
export type ActionInput = DistributiveOmit<UnitAction, 'id' | 'host' | 'reason' | 'cause' | 'after'>;

/** An engine adapter on `url` with everything it needs, as the reconciler would wire it. */
export function benchOn(url: string, options: Partial<DockerEngineOptions> = {}): Bench {
  const log = recordingLog();
  const progress: string[] = [];
  const secrets: Record<string, string> = {};
  const engine = createDockerEngine({
    url,
    host: 'local',
    clock,
    log,
    fillerImage: 'autogit-test/filler:1',
    ...options,
  });
  const context: Bench['context'] = (given = {}) => ({
    scope,
    signal: given.signal ?? new AbortController().signal,
    deadlineMs: given.deadlineMs ?? 120_000,
    progress: (text) => progress.push(text),
    secret: async (id) => {
      const value = secrets[id];
      return value === undefined ? fail('not-found', `secret ${id} is not set`) : ok(new Secret(value));
    },
  });
  return {
    engine,
    log,
    progress,
    secrets,
    context,
    apply: (action, given) =>
      engine.apply(
        { ...action, id: `${action.kind}:test`, host: 'local', reason: 'test', cause: 'file', after: [] } as UnitAction,
        context(given),
      ),
    async observe() {
      const state = await engine.observe(scope, AbortSignal.timeout(60_000));
      if (!state.ok) throw new Error(state.failure.detail);
      return state.value;
    },
  };
}

export const fastHealth: NonNullable<ContainerSpec['health']> = {
  test: ['CMD', 'test', '-f', '/tmp/healthy'],
  intervalMs: 30_000,
  timeoutMs: 5000,
  retries: 3,
  startMs: 20_000,
};

export function containerUnit(
  name: string,
  spec: Partial<ContainerSpec> = {},
  over: Partial<ContainerUnit> = {},
): ContainerUnit {
  const whole: ContainerSpec = {
    image: 'autogit-test/http:1',
    environment: {},
    networks: {},
    ports: [],
    mounts: [],
    tmpfs: {},
    health: fastHealth,
    cpus: 0.5,
    memoryBytes: 64 * 2 ** 20,
    pids: 100,
    readOnlyRoot: false,
    capAdd: [],
    init: true,
    restart: 'unless-stopped',
    stopGraceMs: 2000,
    labels: { 'autogit.dev/platform': 'home' },
    ...spec,
  };
  return {
    kind: 'container',
    id: `container/local/${name}`,
    host: 'local',
    name: `home-${name}-1`,
    digest: `digest-of-${JSON.stringify(whole).length}-${whole.image}-${JSON.stringify(whole.environment)}`,
    origin: `/services/${name}`,
    key: name,
    service: name,
    spec: whole,
    replace: whole.ports.length > 0 ? 'stop-first' : 'start-first',
    needs: [],
    ...over,
  };
}

export const networkUnit = (key: string, internal = true): NetworkUnit => ({
  kind: 'network',
  id: `network/local/${key}`,
  host: 'local',
  name: `home-${key}`,
  digest: `net-${internal}`,
  origin: '',
  key,
  internal,
});

export const volumeUnit = (key: string): VolumeUnit => ({
  kind: 'volume',
  id: `volume/local/${key}`,
  host: 'local',
  name: `home-${key}`,
  digest: 'vol',
  origin: '',
  key,
});

export const filesUnit = (
  service: string,
  digest: string,
  files: FilesUnit['files'],
  directory = '/run/secrets',
): FilesUnit => ({
  kind: 'files',
  id: `files/local/${service}:${directory}`,
  host: 'local',
  name: `home-${service}-files-${digest}`,
  digest,
  origin: '',
  key: service,
  service,
  directory,
  files,
});

/** The container of a unit as observed, or undefined. */
export function mainOf(state: HostState, unit: ContainerUnit): ObservedContainer | undefined {
  return state.containers.find((container) => container.name === unit.name);
}

/** Fields in which the container differs from its unit, as the planner compares them. */
export function driftOf(observed: ObservedContainer | undefined, spec: ContainerSpec): readonly string[] {
  if (observed === undefined) return ['is not there'];
  const fields = new Set([...Object.keys(spec), ...Object.keys(observed.actual)].filter((field) => field !== 'labels'));
  return [...fields]
    .filter((field) => {
      const actual: unknown = observed.actual[field as keyof typeof observed.actual];
      const wanted: unknown = spec[field as keyof ContainerSpec];
      return actual === undefined ? false : canonical(actual) !== canonical(wanted ?? null);
    })
    .sort();
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
