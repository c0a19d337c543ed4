import type { VolumeWriter } from '../model/record.ts';
import type { ObservedContainer, Snapshot } from '../model/snapshot.ts';
import { compareText } from './digest.ts';
import { freshHost, slotsOf } from './live.ts';

/**
 * What wrote the data of each unit last: the container that is there, else what is remembered, for as long as one of its
 * volumes is there. A host that could not be read leaves the memory as it is. Sorted by unit.
 */
export function volumeWriters(
  snapshot: Snapshot,
  remembered: Readonly<Record<string, VolumeWriter>>,
): Readonly<Record<string, VolumeWriter>> {
  const kept = Object.entries(remembered).filter(([, writer]) => isThere(writer, snapshot));
  const seen = snapshot.desired.units.flatMap((unit) => {
    const workload = snapshot.desired.platform.workloads.find(
      ({ id }) => unit.kind === 'container' && id === unit.service,
    );
    const { main, old } = slotsOf(snapshot, unit);
    const container = [main, old].find((each) => each !== undefined && each.state !== 'created');
    const writer = workload?.stateful === true && container ? writerOf(container, unit.host) : undefined;
    return writer === undefined ? [] : [[unit.id, writer] as const];
  });
  const all = Object.entries({ ...Object.fromEntries(kept), ...Object.fromEntries(seen) });
  return Object.fromEntries(all.sort(([a], [b]) => compareText(a, b)));
}

function isThere({ host, volumes }: VolumeWriter, snapshot: Snapshot): boolean {
  const state = freshHost(snapshot, host);
  return state === undefined || state.volumes.some(({ name }) => volumes.includes(name));
}

function writerOf({ actual }: ObservedContainer, host: string): VolumeWriter | undefined {
  const volumes = writtenVolumes(actual.mounts ?? []);
  return actual.image === undefined || volumes.length === 0 ? undefined : { host, image: actual.image, volumes };
}

/** Names of the volumes that are mounted for writing; folders of the host are not among them. */
export function writtenVolumes(mounts: NonNullable<ObservedContainer['actual']['mounts']>): readonly string[] {
  const names = mounts.flatMap(({ volume, readOnly }) => (readOnly || volume.startsWith('/') ? [] : [volume]));
  return [...new Set(names)].sort(compareText);
}
