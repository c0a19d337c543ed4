import type { Action } from '../../reconciler/model/plan.ts';
import type { InventoryEntry } from '../../reconciler/model/record.ts';

/** An action that needs nothing else. */
export const pull = (image: string): Action => ({
  kind: 'pull-image',
  image,
  id: `pull-image:${image}`,
  host: 'local',
  reason: 'not there',
  cause: 'file',
  after: [],
});

export const entry = (name: string, id = `${name}-id`): InventoryEntry => ({
  host: 'local',
  kind: 'container',
  unit: `container/local/${name}`,
  name,
  id,
});
