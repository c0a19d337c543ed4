import type { Unit } from '../model/desired.ts';
import type { ObservedContainer, Snapshot } from '../model/snapshot.ts';
import { compareText } from './digest.ts';
import { freshHost, slotsOf } from './live.ts';

type Writers = Readonly<Record<string, string>>;

/**
 * The image of the container that wrote each data volume last, by `<host>/<volume>`: of the container that is there, else as
 * it is remembered, for as long as the volume is there. A host that could not be read leaves the memory as it is. Sorted.
 */
export function volumeWriters(snapshot: Snapshot, remembered: Writers): Writers {
  const kept = Object.entries(remembered).filter(([key]) => isThere(key, snapshot));
  const seen = snapshot.desired.units.flatMap((unit) => seenOf(unit, snapshot));
  const all = Object.entries({ ...Object.fromEntries(kept), ...Object.fromEntries(seen) });
  return Object.fromEntries(all.sort(([a], [b]) => compareText(a, b)));
}

function isThere(key: string, snapshot: Snapshot): boolean {
  const cut = key.indexOf('/');
  const state = freshHost(snapshot, key.slice(0, cut));
  return state === undefined || state.volumes.some(({ name }) => name === key.slice(cut + 1));
}

/** A container that was made and never started wrote nothing. */
function seenOf(unit: Unit, snapshot: Snapshot): readonly (readonly [key: string, image: string])[] {
  const { workloads } = snapshot.desired.platform;
  const workload = workloads.find(({ id }) => unit.kind === 'container' && id === unit.service);
  const { main, old } = slotsOf(snapshot, unit);
  const container = [main, old].find((each) => each !== undefined && each.state !== 'created');
  const { image, mounts = [] } = container?.actual ?? {};
  if (workload?.stateful !== true || image === undefined) return [];
  return writtenVolumes(mounts).map((volume) => [writerKey(unit.host, volume), image]);
}

export function writerKey(host: string, volume: string): string {
  return `${host}/${volume}`;
}

/** Names of the volumes that are mounted for writing; folders of the host are not among them. */
export function writtenVolumes(mounts: NonNullable<ObservedContainer['actual']['mounts']>): readonly string[] {
  const names = mounts.flatMap(({ volume, readOnly }) => (readOnly || volume.startsWith('/') ? [] : [volume]));
  return [...new Set(names)].sort(compareText);
}
