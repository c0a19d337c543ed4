import type { Action } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareText } from './digest.ts';
import type { Draft, Step } from './draft.ts';
import { freshHost } from './live.ts';

/**
 * Fills in what each action waits for: parts before the container made of them, a needed service before the one that
 * needs it, a replacement before what it replaces goes. What holds a port or a volume that a new container wants goes first.
 */
export const orderActions: Step = (draft, { snapshot }) => {
  const first = new Set(draft.actions.filter((action) => isInTheWay(action, draft, snapshot)).map(({ id }) => id));
  const waitsFor = (action: Action, other: Action) => {
    if (first.has(action.id) || action.host !== other.host) return false;
    return (first.has(other.id) && isContainerChange(action)) || comesAfter(action, other);
  };
  const actions = draft.actions.map((action): Action => {
    const after = draft.actions.filter((other) => other !== action && waitsFor(action, other)).map(({ id }) => id);
    return { ...action, after: [...new Set([...action.after, ...after])].sort(compareText) };
  });
  return { ...draft, actions: actions.sort((a, b) => compareText(a.id, b.id)) } satisfies Draft;
};

/** A container to be removed that holds a host port, or data, that a container to be made wants. */
function isInTheWay(action: Action, draft: Draft, snapshot: Snapshot): boolean {
  if (action.kind !== 'remove-container') return false;
  const live = freshHost(snapshot, action.host)?.containers.find(({ id }) => id === action.container)?.actual;
  return draft.actions.some((other) => {
    if (other.kind !== 'apply-container' || other.host !== action.host || other.unit.id === action.unitId) return false;
    const { ports, mounts } = other.unit.spec;
    const isPortTaken = live?.ports?.some((a) =>
      ports.some((b) => a.hostPort === b.hostPort && a.protocol === b.protocol),
    );
    const isDataShared = live?.mounts?.some(
      (a) => !a.readOnly && mounts.some((b) => !b.readOnly && a.volume === b.volume),
    );
    return isPortTaken === true || isDataShared === true;
  });
}

function comesAfter(action: Action, other: Action): boolean {
  switch (action.kind) {
    case 'apply-container':
    case 'run-job':
    case 'update-container':
    case 'start-container':
    case 'connect-container':
      return containerWaitsFor(action, other);
    case 'remove-container':
      return isContainerChange(other) && other.unit.id !== action.unitId;
    case 'remove-network':
    case 'remove-files':
      return isContainerChange(other) || other.kind === 'remove-container';
    default:
      return false;
  }
}

type ContainerChange = Extract<
  Action,
  { kind: 'apply-container' | 'run-job' | 'update-container' | 'start-container' | 'connect-container' }
>;

/** Changes of one container come in this order, and the networks of others are ready before its start. */
const sequence: readonly Action['kind'][] = [
  'apply-container',
  'run-job',
  'update-container',
  'connect-container',
  'start-container',
];

function containerWaitsFor({ kind, unit }: ContainerChange, other: Action): boolean {
  switch (other.kind) {
    case 'create-network':
      return other.unit.name in unit.spec.networks;
    case 'create-volume':
    case 'fill-files':
      return unit.spec.mounts.some(({ volume }) => volume === other.unit.name);
    case 'pull-image':
      return (kind === 'apply-container' || kind === 'run-job') && unit.spec.image === other.image;
    case 'apply-container':
    case 'run-job':
    case 'update-container':
    case 'start-container':
    case 'connect-container':
      if (other.unit.id === unit.id) return sequence.indexOf(other.kind) < sequence.indexOf(kind);
      return unit.needs.some((need) => need.unit === other.unit.id);
    default:
      return false;
  }
}

function isContainerChange(action: Action): action is ContainerChange {
  return sequence.includes(action.kind);
}
