import { createHash } from 'node:crypto';
import { takeoverOf } from '../../compiler/model/takeover.ts';
import { namedPaths } from '../../compiler/named-paths.ts';
import { catalog } from '../../library/catalog.ts';
import { createEngines } from '../../reconciler/engines.ts';
import { readNamedFiles } from '../../reconciler/follow/named-files.ts';
import type { Behaviour, ImageBehaviour } from '../../reconciler/memory/behaviour.ts';
import { createMemoryEngine, type MemoryEngine } from '../../reconciler/memory/engine.ts';
import { createMemoryWorld, type MemoryWorld } from '../../reconciler/memory/world.ts';
import { type Policy, strictPolicy } from '../../reconciler/model/policy.ts';
import { type Failure, fail, ok, type Result } from '../../reconciler/model/result.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import type { Reconciler } from '../../reconciler/ports/reconciler.ts';
import type { Source } from '../../reconciler/ports/source.ts';
import type { Store } from '../../reconciler/ports/store.ts';
import { createReconciler } from '../../reconciler/reconcile.ts';
import { openStore } from '../../reconciler/record/store.ts';
import { createFakeForge, type FakeForge } from './forge.ts';
import { compileOnce } from './platform-compiler.ts';
import { silentLog } from './silent-log.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** A whole platform in memory: real compiler, real reconciler, real store; hosts, Git and forge are made up. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly forge: FakeForge;
  readonly store: Store;
  readonly reconciler: Reconciler;
  readonly images: Record<string, ImageBehaviour>;
  readonly secrets: Record<string, string | undefined>;
  policy: Policy;
  sourceFailure: Failure | undefined;
  /** What one engine call answers instead of doing its work. */
  fault: Behaviour['fault'];
  beforeStep: Behaviour['beforeStep'];
  /** Called before and after each write to the store; what it throws ends the reconciler. */
  atStoreWrite: ((call: string, when: 'before' | 'after') => void) | undefined;
  world(host?: string): MemoryWorld;
  engine(host?: string): MemoryEngine;
  /** Changes a host is unreachable while its name is in here. */
  readonly downHosts: Set<string>;
  /** The `autogit.lock` of the commits that follow. */
  lock: string | undefined;
  /** The other files of the commits that follow, by path; read as far as the platform file names them. */
  readonly files: Record<string, string>;
  /** Environment of the file; counts from the next start of the reconciler on. */
  environment: string | undefined;
  /** A new commit with this `autogit.yaml`; gives its id. */
  commit(text: string): string;
  /** Ends the reconciler without a goodbye and starts a new one on the same store. */
  restart(): void;
  /** The state folder is gone: same deployment id, nothing else remembered. */
  loseMemory(): void;
}

export function createStage(): Stage {
  const clock = createVirtualClock();
  const forge = createFakeForge(clock.now);
  const worlds = new Map<string, MemoryWorld>();
  const engines = new Map<string, MemoryEngine>();
  let head:
    | {
        readonly revision: string;
        readonly text: string;
        readonly lock?: string;
        readonly beside: Readonly<Record<string, string>>;
      }
    | undefined;

  /** The deployment id is the same in all stores, as it is kept in a file beside a real one. */
  const open = (adoptOnlyWhenNew: boolean): Store =>
    new Proxy(openStore({ directory: ':memory:', clock, log: silentLog, adoptOnlyWhenNew }), {
      get: (target, key) => (key === 'deployment' ? 'ours' : Reflect.get(target, key)),
    });
  const store = open(false);
  const source: Source = {
    name: 'ops/platform',
    file: 'autogit.yaml',
    watch: async () => {},
    async head() {
      if (stage.sourceFailure !== undefined) return { ok: false, failure: stage.sourceFailure };
      if (head === undefined) return fail('not-found', 'branch main does not exist');
      const { beside, ...revision } = head;
      const files = await readNamedFiles(await namedPaths(head.text, stage.environment), async (path) =>
        ok(beside[path] === undefined ? undefined : new TextEncoder().encode(beside[path])),
      );
      if (!files.ok) return files;
      return ok({ ...revision, ...(files.value && { files: files.value }), branch: 'main', rewritten: false });
    },
  };

  const engine = (host = 'local'): MemoryEngine => {
    const known = engines.get(host);
    if (known !== undefined) return known;
    const world = worlds.get(host) ?? createMemoryWorld({ id: `engine-${host}` });
    worlds.set(host, world);
    const made = createMemoryEngine({
      clock,
      host,
      world,
      behaviour: () => ({
        images: stage.images,
        ...(stage.beforeStep && { beforeStep: stage.beforeStep }),
        fault: (call) =>
          stage.downHosts.has(host)
            ? { kind: 'unreachable', detail: `cannot connect to the engine of ${host}` }
            : stage.fault?.(call),
      }),
    });
    engines.set(host, made);
    return made;
  };

  function withSecret<T>(id: string, source: { readonly kind: string }, make: (text: string) => T): Result<T> {
    const text = stage.secrets[id] ?? (source.kind === 'generate' ? `generated ${id}` : undefined);
    if (text !== undefined) return ok(make(text));
    return fail('not-found', `secret "${id}" is not set; set it and restart the reconciler`);
  }

  const writes: readonly (string | symbol)[] = [
    'intend',
    'conclude',
    'adopt',
    'setRevision',
    'setPool',
    'set',
    'audit',
  ];
  const watched = (on: Store): Store =>
    new Proxy(on, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function' || !writes.includes(key)) return value;
        return (...args: readonly unknown[]) => {
          stage.atStoreWrite?.(String(key), 'before');
          const result: unknown = value.apply(target, args);
          stage.atStoreWrite?.(String(key), 'after');
          return result;
        };
      },
    });

  const start = (on: Store): Reconciler =>
    createReconciler({
      source,
      compile: (input) => compileOnce(input, stage.environment),
      ...(stage.environment === undefined ? {} : { environment: stage.environment }),
      engines: createEngines({ docker: ({ id }) => engine(id), process: ({ id }) => engine(id) }),
      store: watched(on),
      clock,
      log: silentLog,
      forge: () => forge.ports,
      get policy() {
        return stage.policy;
      },
      takeover: takeoverOf(catalog),
      secrets: {
        value: async (id, source) => withSecret(id, source, (text) => new Secret(text)),
        fingerprint: async (id, source) =>
          withSecret(id, source, (text) => createHash('sha256').update(text).digest('hex').slice(0, 8)),
      },
      redact: (text) => text,
      random: () => 0.5,
      version: '0.0.0',
    });

  const stage: Stage & { store: Store; reconciler: Reconciler } = {
    clock,
    forge,
    store,
    reconciler: undefined as unknown as Reconciler,
    images: {},
    secrets: {},
    policy: strictPolicy,
    sourceFailure: undefined,
    fault: undefined,
    beforeStep: undefined,
    atStoreWrite: undefined,
    downHosts: new Set(),
    lock: undefined,
    files: {},
    environment: undefined,
    engine,
    world: (host) => engine(host).world,
    commit(text) {
      head = {
        revision: createHash('sha1')
          .update(`${clock.now()}\n${text}\n${head?.revision ?? ''}`)
          .digest('hex'),
        text,
        ...(stage.lock === undefined ? {} : { lock: stage.lock }),
        beside: { ...stage.files },
      };
      return head.revision;
    },
    restart() {
      engines.clear();
      stage.reconciler = start(stage.store);
    },
    loseMemory() {
      stage.store = open(true);
      stage.restart();
    },
  };
  stage.reconciler = start(store);
  return stage;
}
