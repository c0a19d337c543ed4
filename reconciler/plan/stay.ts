import type { ContainerUnit, Unit } from '../model/desired.ts';
import type { Hold } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Step, withHolds } from './draft.ts';
import { freshHost, isInInventory, objectNamed } from './live.ts';

/**
 * What the file places on no host stays where it is when another host has become the first one: nobody wrote that it
 * moves, and on the other host it would start without its data. A `placement` in the file ends that; it was reviewed.
 */
export const stayUnits: Step = (draft, { snapshot }) => {
  const staying = snapshot.desired.units.flatMap((unit) => {
    const host = unit.kind === 'container' && isUnplaced(unit, snapshot) ? homeOf(unit, snapshot) : undefined;
    return unit.kind !== 'container' || host === undefined ? [] : [{ unit, host }];
  });
  if (staying.length === 0) return draft;
  const ids = new Set(staying.map(({ unit }) => unit.id));
  const parts = snapshot.desired.units.filter((unit) => isPartOfStaying(unit, ids, snapshot)).map(({ id }) => id);
  const told = withHolds(
    draft,
    staying.map(({ unit, host }) => holdOf(unit, host, snapshot)),
  );
  return { ...told, held: new Set([...told.held, ...parts]) };
};

function isUnplaced(unit: ContainerUnit, { desired }: Snapshot): boolean {
  return desired.platform.workloads.find(({ id }) => id === unit.service)?.unplaced === true;
}

/** The other host that has the container or its data; undefined when its own host has them, or none. */
function homeOf(unit: ContainerUnit, snapshot: Snapshot): string | undefined {
  if (isThere(unit, snapshot)) return undefined;
  const { inventory } = snapshot;
  const running = inventory.find(
    ({ kind, unit: id, host }) => kind === 'container' && host !== unit.host && id === `container/${host}/${unit.key}`,
  );
  if (running !== undefined) return running.host;
  const volumes = volumesOf(unit, snapshot);
  if (volumes.some((volume) => isThere(volume, snapshot))) return undefined;
  return inventory.find(
    ({ kind, host, name }) => kind === 'volume' && host !== unit.host && volumes.some((volume) => volume.name === name),
  )?.host;
}

function isThere(unit: Unit, snapshot: Snapshot): boolean {
  const state = freshHost(snapshot, unit.host);
  return isInInventory(snapshot, unit) || (state !== undefined && objectNamed(state, unit) !== undefined);
}

function volumesOf(unit: ContainerUnit, { desired }: Snapshot): readonly Unit[] {
  return desired.units.filter(
    ({ kind, host, name }) =>
      kind === 'volume' && host === unit.host && unit.spec.mounts.some(({ volume }) => volume === name),
  );
}

/** Networks, volumes and files that no other container of that host uses. */
function isPartOfStaying(part: Unit, staying: ReadonlySet<string>, { desired }: Snapshot): boolean {
  if (part.kind === 'container') return false;
  const users = desired.units.filter(
    (unit) => unit.kind === 'container' && unit.host === part.host && uses(unit, part),
  );
  return users.length > 0 && users.every(({ id }) => staying.has(id));
}

function uses({ spec }: ContainerUnit, { kind, name }: Unit): boolean {
  return kind === 'network' ? name in spec.networks : spec.mounts.some(({ volume }) => volume === name);
}

function holdOf(unit: ContainerUnit, host: string, snapshot: Snapshot): Hold {
  const { desired } = snapshot;
  const data = unit.spec.mounts.some(({ volume }) => volume.startsWith('/')) || volumesOf(unit, snapshot).length > 0;
  const what = data ? 'runs and keeps its data' : 'runs';
  const key = placeOf(unit);
  const isHostOfFile = desired.platform.hosts.some(({ id }) => id === host);
  const stay = isHostOfFile ? `write \`placement: ${host}\` at ${key}` : `put host ${host} back into the file`;
  const move = data ? `copy the data to ${unit.host} and write` : 'write';
  return {
    subject: unit.id,
    reason: `${unit.key} ${what} on host ${host}, and the file names no host for it: it is not moved to ${unit.host} because that comes first now`,
    next: `${stay}; to move it, ${move} \`placement: ${unit.host}\``,
    refused: true,
  };
}

/** Where `placement` is written: at the service, or at the role, which may not stand in the file yet. */
function placeOf({ origin, service }: ContainerUnit): string {
  const [first = '', second] = origin.slice(1).split('/');
  if (first !== 'services') return first === '' ? service : first;
  return second === service ? `services.${service}` : service;
}
