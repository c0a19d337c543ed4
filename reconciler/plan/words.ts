import { shortImage } from '../../compiler/model/image-reference.ts';
import type { Action } from '../model/plan.ts';

/** What an action is about, for people: `container web`, `image nginx:1`, `runner home-linux-7`. */
export function actionSubject(action: Action): string {
  switch (action.kind) {
    case 'create-network':
    case 'create-volume':
    case 'apply-container':
    case 'update-container':
    case 'start-container':
    case 'connect-container':
      return `${action.unit.kind} ${action.unit.key}`;
    case 'run-job':
    case 'end-job':
      return `job ${action.unit.key}`;
    case 'fill-files':
      return `files of ${action.unit.service} in ${action.unit.directory}`;
    case 'pull-image':
      return `image ${shortImage(action.image)}`;
    case 'remove-container':
      return `container ${action.name}`;
    case 'remove-network':
      return `network ${action.name}`;
    case 'remove-files':
      return `files ${action.name}`;
    case 'launch-runner':
    case 'retire-runner':
    case 'clear-runner':
      return `runner ${action.name}`;
    case 'deregister-runner':
      return `registration of runner ${action.name}`;
  }
}

/** How an action counts for people. `gap`: replaced stop-first, so it is away for a moment. */
export type Effect = 'gap' | 'remove' | 'replace' | 'create' | 'fetch' | 'change';

export function effectOf(action: Action): Effect {
  switch (action.kind) {
    case 'create-network':
    case 'create-volume':
    case 'fill-files':
    case 'launch-runner':
      return 'create';
    case 'pull-image':
      return 'fetch';
    case 'apply-container':
      if (action.sees.length === 0) return 'create';
      if (action.unit.job !== undefined) return 'replace';
      return action.unit.replace === 'start-first' ? 'replace' : 'gap';
    case 'run-job':
    case 'end-job':
    case 'update-container':
    case 'start-container':
    case 'connect-container':
      return 'change';
    case 'remove-container':
    case 'remove-network':
    case 'remove-files':
    case 'retire-runner':
    case 'clear-runner':
    case 'deregister-runner':
      return 'remove';
  }
}

export const symbols: Readonly<Record<Effect, string>> = {
  gap: '-/+',
  remove: '-',
  replace: '+/-',
  create: '+',
  fetch: '.',
  change: '~',
};
