import type { ContainerUnit, FilesUnit, NetworkUnit, Unit, VolumeUnit } from '../model/desired.ts';
import type { Hold, UnitAction } from '../model/plan.ts';
import type { HostState, ObservedContainer, Snapshot } from '../model/snapshot.ts';
import { type Step, withActions, withHolds } from './draft.ts';
import { changedFields, type FieldChange } from './fields.ts';
import { diffJob, isJob, waitsForJob } from './jobs.ts';
import { freshHost, isInInventory, listOf, type Slots, slotsOf } from './live.ts';

/** Fields that an engine can change while the container runs. */
const liveFields = ['cpus', 'memoryBytes', 'pids', 'restart'];

/** What it takes to bring each unit that is not held to what the file asks. `after` is filled in by `order`. */
export const diffUnits: Step = (draft, { snapshot }) => {
  const results = snapshot.desired.units
    .filter((unit) => !draft.held.has(unit.id))
    .map((unit) => {
      const state = freshHost(snapshot, unit.host);
      return state === undefined ? {} : diffUnit(unit, state, snapshot);
    });
  const pulls = new Map(results.flatMap(({ actions = [] }) => actions.flatMap(pullFor)).map((pull) => [pull.id, pull]));
  const changed = withActions(draft, [...pulls.values(), ...results.flatMap(({ actions = [] }) => actions)]);
  return withHolds(
    changed,
    results.flatMap(({ holds = [] }) => holds),
  );
};

interface Difference {
  readonly actions?: readonly UnitAction[];
  readonly holds?: readonly Hold[];
}

function diffUnit(unit: Unit, state: HostState, snapshot: Snapshot): Difference {
  switch (unit.kind) {
    case 'network':
      return diffNetwork(unit, state, snapshot);
    case 'volume':
      return diffVolume(unit, state, snapshot);
    case 'files':
      return diffFiles(unit, state, snapshot);
    case 'container':
      return afterJobs(unit, snapshot, isJob(unit) ? diffJob(unit, snapshot) : diffContainer(unit, snapshot));
  }
}

/** A container is neither made nor replaced before the jobs that it needs are done; what runs is left as it is. */
function afterJobs(unit: ContainerUnit, snapshot: Snapshot, difference: Difference): Difference {
  const isMade = difference.actions?.some(({ kind }) => kind === 'apply-container' || kind === 'run-job') ?? false;
  const hold = isMade ? waitsForJob(unit, snapshot) : undefined;
  return hold === undefined ? difference : { holds: [hold] };
}

function diffNetwork(unit: NetworkUnit, state: HostState, snapshot: Snapshot): Difference {
  const found = listOf(state, 'network').find(({ name }) => name === unit.name);
  if (found === undefined)
    return { actions: [{ ...missing(unit, snapshot), kind: 'create-network', id: `create-network:${unit.id}`, unit }] };
  if (found.digest === unit.digest) return {};
  const reason = `network ${unit.name} was made with other settings, and a network cannot be changed in place`;
  return {
    holds: [{ subject: unit.id, reason, next: `remove network ${unit.name} when nothing needs it; it is made anew` }],
  };
}

function diffVolume(unit: VolumeUnit, state: HostState, snapshot: Snapshot): Difference {
  if (listOf(state, 'volume').some(({ name }) => name === unit.name)) return {};
  const elsewhere = snapshot.inventory.find(
    ({ kind, name, host }) => kind === 'volume' && name === unit.name && host !== unit.host,
  );
  const base = missing(unit, snapshot);
  const reason =
    elsewhere === undefined
      ? base.reason
      : `${base.reason}; it starts empty, the data stays in volume ${unit.name} of host ${elsewhere.host}`;
  return { actions: [{ ...base, reason, kind: 'create-volume', id: `create-volume:${unit.id}`, unit }] };
}

/** A volume that was made but is not in the inventory may be half filled: only a concluded filling counts. */
function diffFiles(unit: FilesUnit, state: HostState, snapshot: Snapshot): Difference {
  const exists = listOf(state, 'files').some(({ name }) => name === unit.name);
  if (exists && isInInventory(snapshot, unit)) return {};
  const base = exists
    ? ({ host: unit.host, reason: 'not known to be complete', cause: 'cleanup', after: [] } as const)
    : missing(unit, snapshot);
  return { actions: [{ ...base, kind: 'fill-files', id: `fill-files:${unit.id}`, unit }] };
}

function missing(unit: Unit, snapshot: Snapshot) {
  const wasThere = isInInventory(snapshot, unit);
  const reason = wasThere ? removedByOthers(unit) : 'not there';
  return { host: unit.host, reason, cause: wasThere ? ('drift' as const) : ('file' as const), after: [] };
}

function removedByOthers(unit: Unit): string {
  return unit.kind === 'volume' ? 'removed by others, its data with it; a new, empty one is made' : 'removed by others';
}

function diffContainer(unit: ContainerUnit, snapshot: Snapshot): Difference {
  const slots = slotsOf(snapshot, unit);
  const { main, old, next } = slots;
  if (main === undefined) return { actions: [remake(unit, slots, lostMain(unit, slots, snapshot))] };
  const changes = changedFields(main.actual, unit.spec);
  if (main.digest !== unit.digest) {
    const reason = inWords(changes) || 'labels or secret values changed';
    return { actions: [remake(unit, slots, { reason, cause: 'file' })] };
  }
  // An engine gives a container the name of its unit only after it was seen healthy, so the old one is not needed.
  const leftovers = [next, old].flatMap((container) =>
    container === undefined ? [] : [removeLeftover(unit, container)],
  );
  return { actions: [...leftovers, ...correct(unit, slots, main, changes)] };
}

function lostMain(unit: ContainerUnit, { old, next }: Slots, snapshot: Snapshot): Pick<UnitAction, 'reason' | 'cause'> {
  if (old !== undefined) return { reason: 'its replacement was interrupted', cause: 'cleanup' };
  const { reason, cause } = missing(unit, snapshot);
  return next === undefined ? { reason, cause } : { reason: 'an earlier try did not get it up', cause };
}

/** The digest on the container is right, so every difference was made by others. */
function correct(
  unit: ContainerUnit,
  slots: Slots,
  main: ObservedContainer,
  changes: readonly FieldChange[],
): readonly UnitAction[] {
  const base = { host: unit.host, cause: 'drift' as const, after: [], unit, container: main.id };
  if (main.state === 'dead')
    return [remake(unit, slots, { reason: 'dead: the engine cannot start it again', cause: 'drift' })];
  const detached = Object.keys(unit.spec.networks).filter(
    (name) => main.actual.networks !== undefined && !(name in main.actual.networks),
  );
  const rest = changes.filter(({ field, text }) => !(field === 'networks' && text.endsWith(' added')));
  if (rest.some(({ field }) => !liveFields.includes(field)))
    return [remake(unit, slots, { reason: inWords(rest), cause: 'drift' })];
  return [
    ...(rest.length === 0
      ? []
      : [{ ...base, kind: 'update-container' as const, id: `update-container:${unit.id}`, reason: inWords(rest) }]),
    ...(detached.length === 0
      ? []
      : [
          {
            ...base,
            kind: 'connect-container' as const,
            id: `connect-container:${unit.id}`,
            networks: detached.sort(),
            reason: `detached from ${detached.join(', ')} by others`,
          },
        ]),
    ...(needsStart(main)
      ? [{ ...base, kind: 'start-container' as const, id: `start-container:${unit.id}`, reason: stateReason(main) }]
      : []),
  ];
}

function inWords(changes: readonly FieldChange[]): string {
  return changes.map(({ text }) => text).join(', ');
}

/** A container in `restarting` is brought back by the engine itself. */
function needsStart({ state }: ObservedContainer): boolean {
  return state === 'exited' || state === 'created' || state === 'paused';
}

function stateReason({ state, exitCode }: ObservedContainer): string {
  switch (state) {
    case 'paused':
      return 'paused by others';
    case 'created':
      return 'made but never started';
    default:
      return exitCode === undefined ? 'stopped' : `stopped with exit code ${exitCode}`;
  }
}

function remake(unit: ContainerUnit, { all }: Slots, why: Pick<UnitAction, 'reason' | 'cause'>): UnitAction {
  return {
    kind: 'apply-container',
    id: `apply-container:${unit.id}`,
    host: unit.host,
    ...why,
    after: [],
    unit,
    sees: all.map(({ id }) => id).sort(),
  };
}

function removeLeftover(unit: ContainerUnit, container: ObservedContainer): UnitAction {
  return {
    kind: 'remove-container',
    id: `remove-container:${unit.id}.${container.slot}`,
    host: unit.host,
    reason: 'left over from an interrupted replacement',
    cause: 'cleanup',
    after: [],
    unitId: unit.id,
    container: container.id,
    name: container.name,
  };
}

/** The image is on the host before anything is stopped. */
function pullFor(action: UnitAction): readonly UnitAction[] {
  // The container of a job that waits for its time keeps its image on the host.
  const isMade = action.kind === 'apply-container' || (action.kind === 'run-job' && action.cause !== 'schedule');
  if (!isMade) return [];
  const { image } = action.unit.spec;
  const { host, cause } = action;
  return [
    {
      kind: 'pull-image',
      id: `pull-image:${host}/${image}`,
      host,
      reason: `needed by ${action.unit.key}`,
      cause,
      after: [],
      image,
    },
  ];
}
