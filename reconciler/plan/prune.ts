import type { Hold, UnitAction } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { InventoryEntry } from '../model/record.ts';
import type { HostState, ObservedObject, Snapshot } from '../model/snapshot.ts';
import { type Draft, type PlanInput, type Step, withActions, withHolds } from './draft.ts';
import { freshHost, listOf } from './live.ts';

/**
 * Removes what the inventory knows and the file no longer asks for. Data volumes never; nothing on a host whose reading
 * is not fresh; nothing while the inventory was rebuilt and no full cycle was clean; nothing when the file asks for
 * nothing at all; and no more containers at once than `gitops.prune.max` and the policy allow.
 */
export const pruneUnits: Step = (before, input) => {
  const { snapshot } = input;
  const draft = withAwaited(before, snapshot);
  const unwanted = snapshot.inventory.filter((entry) => isUnwanted(entry, draft, snapshot));
  if (unwanted.length === 0) return draft;
  const refusal = refusalFor(unwanted, input);
  if (refusal !== undefined) return { ...draft, holds: [...draft.holds, refusal] };
  const onLostHosts = unwanted.filter(({ host }) => !(host in snapshot.hosts));
  const actions = unwanted.flatMap((entry) => removalOf(entry, snapshot));
  return withActions(withHolds(draft, lostHostHolds(onLostHosts)), actions);
};

/** A container that is asked for on another host goes here only once it can be made there. */
function withAwaited(draft: Draft, { desired, inventory, hosts }: Snapshot): Draft {
  const awaited = inventory.flatMap(({ kind, unit: id, host }) => {
    if (kind !== 'container') return [];
    const there = desired.units.find((unit) => unit.host !== host && id === `container/${host}/${unit.key}`);
    const waits = there?.kind === 'container' && (draft.held.has(there.id) || hosts[there.host]?.kind !== 'fresh');
    return waits ? [id] : [];
  });
  return awaited.length === 0 ? draft : { ...draft, held: new Set([...draft.held, ...awaited]) };
}

function isUnwanted(entry: InventoryEntry, draft: Draft, snapshot: Snapshot): boolean {
  if (entry.kind === 'volume') return false;
  const unit = snapshot.desired.units.find(({ id, host }) => id === entry.unit && host === entry.host);
  if (unit === undefined) return !isUsedByHeld(entry, draft, snapshot);
  // Files volumes of older content have the unit of the new one and another name.
  return entry.kind === 'files' && unit.name !== entry.name && !isUsedByHeld(entry, draft, snapshot);
}

/** While a container is held it keeps the files and the networks that it was made with. */
function isUsedByHeld(entry: InventoryEntry, draft: Draft, snapshot: Snapshot): boolean {
  if (draft.held.has(entry.unit)) return true;
  const held = (freshHost(snapshot, entry.host)?.containers ?? []).filter(({ unit }) => draft.held.has(unit));
  if (entry.kind === 'network') return held.some(({ actual }) => entry.name in (actual.networks ?? {}));
  const service = entry.unit.split('/').slice(2).join('/').split(':')[0];
  return entry.kind === 'files' && draft.held.has(`container/${entry.host}/${service}`);
}

function refusalFor(unwanted: readonly InventoryEntry[], { snapshot, policy }: PlanInput): Hold | undefined {
  const { desired } = snapshot;
  const containers = unwanted.filter(({ kind }) => kind === 'container').map(({ name }) => name);
  const what = `${unwanted.length} ${unwanted.length === 1 ? 'object' : 'objects'} no longer in the file`;
  if (snapshot.adoptOnly) {
    return {
      subject: 'prune',
      reason: `${what} stay until one whole cycle was clean, because the memory of this reconciler is new`,
    };
  }
  if (desired.platform.target === 'compose' && desired.units.length === 0 && containers.length > 0) {
    const next = 'remove services one by one, or stop the reconciler and remove the containers by hand';
    return {
      subject: desired.platform.name,
      reason: `the file asks for nothing, which would remove ${containers.join(', ')}; nothing is removed`,
      next,
    };
  }
  if (desired.platform.target !== 'compose')
    return { subject: 'prune', reason: `${what} stay: the target is not Docker` };
  return containers.length <= limitOf(snapshot, policy) ? undefined : tooMany(unwanted, snapshot, policy);
}

function limitOf({ desired }: Snapshot, { pruneMax }: Policy): number {
  return Math.min(desired.platform.gitops.prune.max, pruneMax);
}

/** Names all that would go, so that a person can decide, and each bound that is in the way. */
function tooMany(unwanted: readonly InventoryEntry[], snapshot: Snapshot, policy: Policy): Hold {
  const listed = (['container', 'network', 'files'] as const).flatMap((kind) => {
    const names = unwanted.filter((entry) => entry.kind === kind).map(({ host, name }) => `${host}/${name}`);
    return names.length === 0 ? [] : [`${count(names.length, kind)} (${names.sort().join(', ')})`];
  });
  const { max } = snapshot.desired.platform.gitops.prune;
  const needed = unwanted.filter(({ kind }) => kind === 'container').length;
  const bounds = [
    ...(max < needed ? [`set gitops.prune.max to ${needed} in the file`] : []),
    ...(policy.pruneMax < needed ? [`raise pruneMax to ${needed} in the policy file of the machine`] : []),
  ];
  return {
    subject: 'prune',
    reason: `removing ${listed.join(' and ')} is more than the ${count(limitOf(snapshot, policy), 'container')} that may go at once; nothing is removed`,
    next: `${bounds.join(' and ')} if this is meant, or put the services back`,
  };
}

function count(amount: number, kind: 'container' | 'network' | 'files'): string {
  const noun = kind === 'files' ? 'volume of files' : kind;
  const nouns = kind === 'files' ? 'volumes of files' : `${kind}s`;
  return `${amount} ${amount === 1 ? noun : nouns}`;
}

function lostHostHolds(entries: readonly InventoryEntry[]): readonly Hold[] {
  return [...new Set(entries.map(({ host }) => host))].sort().map((host) => ({
    subject: host,
    reason: `host ${host} is no longer in the file; what runs on it is left as it is`,
    next: `put host ${host} back until its services are removed, or remove them there by hand`,
  }));
}

function removalOf(entry: InventoryEntry, snapshot: Snapshot): readonly UnitAction[] {
  const state = freshHost(snapshot, entry.host);
  if (state === undefined) return [];
  const live = liveObject(state, entry);
  // The same name under another id or owner is someone else's: only our memory of it goes.
  const isOurs = live !== undefined && live.id === entry.id && live.deployment === snapshot.deployment;
  const gone = isOurs ? '' : ', already gone';
  const base = {
    host: entry.host,
    reason: `no longer in the file${gone}`,
    cause: 'file' as const,
    after: [],
    unitId: entry.unit,
    name: entry.name,
  };
  switch (entry.kind) {
    case 'container':
      return [{ ...base, kind: 'remove-container', id: `remove-container:${entry.unit}`, container: entry.id }];
    case 'network':
      return [{ ...base, kind: 'remove-network', id: `remove-network:${entry.unit}`, network: entry.id }];
    case 'files':
      return [
        {
          ...base,
          reason: `its content is no longer used${gone}`,
          cause: 'cleanup',
          kind: 'remove-files',
          id: `remove-files:${entry.unit}#${entry.name}`,
          volume: entry.id,
        },
      ];
    case 'volume':
      return [];
  }
}

function liveObject(state: HostState, { kind, id }: InventoryEntry): ObservedObject | undefined {
  return listOf(state, kind).find((object) => object.id === id);
}
