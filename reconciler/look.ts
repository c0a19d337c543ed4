import type { Attempts } from './model/record.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Observer } from './observe/observe.ts';
import { adoptions } from './plan/adopt.ts';
import { volumeWriters } from './plan/writers.ts';
import type { Clock } from './ports/clock.ts';
import type { ForgePorts } from './ports/reconciler.ts';
import type { Store } from './ports/store.ts';
import type { Target } from './target.ts';

/** One moment of the world with all that is known about it, adoptable objects counted as known. Writes nothing. */
export async function look(
  { observer, store, clock }: { readonly observer: Observer; readonly store: Store; readonly clock: Clock },
  { desired, missingSecrets }: Target,
  forge: ForgePorts,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { platform } = desired;
  const inventory = store.inventory();
  const named = new Set(
    [...desired.units, ...inventory].map(({ host }) => host).concat(platform.pools.flatMap(({ hosts }) => hosts)),
  );
  const hosts = platform.hosts.map(({ id }) => id).filter((id) => named.has(id));
  const knownEngines = Object.fromEntries(
    hosts.flatMap((id) => {
      const known = store.get(engineKey(id));
      return known === undefined ? [] : [[id, known]];
    }),
  );
  const scope = { platform: platform.name, deployment: store.deployment };
  const world = await observer.observe({ platform, hosts, forge, scope, knownEngines, signal });
  const snapshot: Snapshot = {
    at: clock.now(),
    deployment: store.deployment,
    desired,
    ...world,
    inventory,
    revisions: store.revisions(100),
    pools: store.pools(),
    adoptOnly: store.adoptOnly,
    attempts: readAttempts(store),
    missingSecrets,
  };
  return {
    ...snapshot,
    inventory: [...withoutReplaced(snapshot), ...adoptions(snapshot)],
    writers: volumeWriters(snapshot, readWriters(store)),
  };
}

/** An object that was made anew under the same name takes the place of the one that was known. */
function withoutReplaced(snapshot: Snapshot): Snapshot['inventory'] {
  const fresh = adoptions(snapshot);
  return snapshot.inventory.filter(
    (known) => !fresh.some(({ host, unit, name }) => host === known.host && unit === known.unit && name === known.name),
  );
}

/** What could not be read, for who must know that the world is at fault: ids of hosts, and `forge`. */
export function unreadOf({ hosts, demand, forgeRunners, desired }: Snapshot): readonly string[] {
  const needsForge = desired.platform.pools.length > 0;
  const isForgeRead = demand.kind === 'fresh' && forgeRunners.kind === 'fresh';
  return [
    ...Object.keys(hosts).filter((id) => hosts[id]?.kind !== 'fresh'),
    ...(needsForge && !isForgeRead ? ['forge'] : []),
  ];
}

/** Writes down what the look found: adopted objects, what wrote which volumes, and which engine answers for a host. */
export function rememberLook(store: Store, snapshot: Snapshot): void {
  remember(store, writersKey, snapshot.writers ?? {});
  for (const entry of snapshot.inventory) store.adopt(entry);
  for (const [id, reading] of Object.entries(snapshot.hosts)) {
    if (reading.kind === 'fresh' && store.get(engineKey(id)) === undefined)
      store.set(engineKey(id), reading.value.engine.id);
  }
}

function engineKey(host: string): string {
  return `engine:${host}`;
}

const nameKey = 'platform';

/** The name that all objects of this memory carry; undefined while there are none. */
export function knownName(store: Store): string | undefined {
  return store.inventory().length === 0 ? undefined : store.get(nameKey);
}

/** Keeps the name under which objects are made from now on. */
export function rememberName(store: Store, name: string): void {
  if (store.get(nameKey) !== name) store.set(nameKey, name);
}

const attemptsKey = 'attempts';
const writersKey = 'volume-writers';

function readWriters(store: Store): Readonly<Record<string, string>> {
  return JSON.parse(store.get(writersKey) ?? '{}') as Record<string, string>;
}

function readAttempts(store: Store): Readonly<Record<string, Attempts>> {
  return JSON.parse(store.get(attemptsKey) ?? '{}') as Record<string, Attempts>;
}

/** Keeps what was tried, when it changed. */
export function writeAttempts(store: Store, attempts: Readonly<Record<string, Attempts>>): void {
  remember(store, attemptsKey, attempts);
}

/** Most cycles change nothing, and then nothing is written. */
function remember(store: Store, key: string, values: Readonly<Record<string, unknown>>): void {
  const text = JSON.stringify(values);
  if (text !== (store.get(key) ?? '{}')) store.set(key, text);
}
