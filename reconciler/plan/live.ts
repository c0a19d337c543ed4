import type { Unit } from '../model/desired.ts';
import type { HostState, ObservedContainer, ObservedObject, Snapshot } from '../model/snapshot.ts';

/** Everything of this deployment and of others on one host, when its reading is fresh; else undefined. */
export function freshHost(snapshot: Snapshot, host: string): HostState | undefined {
  const reading = snapshot.hosts[host];
  return reading?.kind === 'fresh' ? reading.value : undefined;
}

/** Containers of one unit, by slot. Only those of this deployment count. */
export interface Slots {
  readonly main?: ObservedContainer;
  readonly next?: ObservedContainer;
  readonly old?: ObservedContainer;
  readonly all: readonly ObservedContainer[];
}

export function slotsOf(snapshot: Snapshot, unit: { readonly id: string; readonly host: string }): Slots {
  const state = freshHost(snapshot, unit.host);
  const all = (state?.containers ?? [])
    .filter((container) => container.unit === unit.id && container.deployment === snapshot.deployment)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const [main, next, old] = (['main', 'next', 'old'] as const).map((slot) => all.find((item) => item.slot === slot));
  return { all, ...(main && { main }), ...(next && { next }), ...(old && { old }) };
}

/** The object in the engine that has the name of the unit, whoever made it. */
export function objectNamed(state: HostState, unit: Unit): ObservedObject | undefined {
  return listOf(state, unit.kind).find(({ name }) => name === unit.name);
}

/** The list of a host that objects of a kind stand in. */
export function listOf(state: HostState, kind: Unit['kind']): readonly ObservedObject[] {
  switch (kind) {
    case 'network':
      return state.networks;
    case 'volume':
      return state.volumes.filter(({ files }) => !files);
    case 'files':
      return state.volumes.filter(({ files }) => files);
    case 'container':
      return state.containers;
  }
}

/** True when the inventory knows an object of this name for the unit. */
export function isInInventory(snapshot: Snapshot, unit: Unit): boolean {
  return snapshot.inventory.some(
    ({ unit: id, host, name }) => id === unit.id && host === unit.host && name === unit.name,
  );
}
