import type { Action } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { InventoryChange } from '../ports/store.ts';

/** What an action that was done changes in the inventory; undefined when it makes or removes nothing that is kept there. */
export function inventoryChange(action: Action, outcome: Outcome): InventoryChange | undefined {
  if (outcome.kind !== 'done') return undefined;
  switch (action.kind) {
    case 'create-network':
    case 'create-volume':
    case 'fill-files':
    case 'run-job':
    case 'apply-container': {
      const { kind, id: unit, host, name } = action.unit;
      return { kind: 'add', entry: { host, kind, unit, name, id: outcome.liveId ?? name } };
    }
    case 'remove-container':
    case 'remove-network':
    case 'remove-files':
      return { kind: 'remove', host: action.host, unit: action.unitId, name: action.name };
    case 'end-job':
    case 'pull-image':
    case 'update-container':
    case 'start-container':
    case 'connect-container':
    case 'launch-runner':
    case 'retire-runner':
    case 'clear-runner':
    case 'deregister-runner':
      return undefined;
  }
}
