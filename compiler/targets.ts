import type { Platform } from './model/platform.ts';
import type { Target } from './model/target.ts';

/** Every target, loaded when it is asked for: a command that renders one pays nothing for the other. */
export type Targets = Readonly<Record<Platform['target'], () => Promise<Target>>>;

export const targets: Targets = {
  compose: async () => (await import('./compose/target.ts')).target,
  kubernetes: async () => (await import('./kubernetes/target.ts')).target,
};
