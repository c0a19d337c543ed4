import type { InventoryEntry } from '../model/record.ts';
import type { HostState, ObservedObject, Snapshot } from '../model/snapshot.ts';
import { compareText } from './digest.ts';
import { freshHost } from './live.ts';

/**
 * Objects of this deployment that the inventory does not know: made just before a crash, or before the memory of this
 * reconciler was lost. Files volumes that the file asks for are left out, since they may be half filled; so are the
 * halves of a replacement that is still wanted.
 */
export function adoptions(snapshot: Snapshot): readonly InventoryEntry[] {
  return Object.keys(snapshot.hosts)
    .sort(compareText)
    .flatMap((host) => {
      const state = freshHost(snapshot, host);
      return state === undefined ? [] : entriesOf(host, state, snapshot);
    })
    .filter((entry) => !isKnown(entry, snapshot));
}

function entriesOf(host: string, state: HostState, { deployment, desired }: Snapshot): readonly InventoryEntry[] {
  const wanted = new Set(desired.units.map(({ id }) => id));
  const entry =
    (kind: InventoryEntry['kind']) =>
    (object: ObservedObject): InventoryEntry => ({ host, kind, unit: object.unit, name: object.name, id: object.id });
  const ours = <T extends ObservedObject>(list: readonly T[]) =>
    list.filter((object) => object.deployment === deployment && object.unit !== '');
  return [
    ...ours(state.networks).map(entry('network')),
    ...ours(state.volumes)
      .filter(({ files }) => !files)
      .map(entry('volume')),
    ...ours(state.volumes)
      .filter(({ files, unit }) => files && !wanted.has(unit))
      .map(entry('files')),
    ...ours(state.containers)
      .filter(({ slot, unit }) => slot === 'main' || !wanted.has(unit))
      .map(entry('container')),
  ];
}

function isKnown(entry: InventoryEntry, { inventory }: Snapshot): boolean {
  return inventory.some(
    (known) =>
      known.host === entry.host && known.unit === entry.unit && known.name === entry.name && known.id === entry.id,
  );
}
