import type { Limits } from './ports/reconciler.ts';

const defaults: Limits = {
  observeMs: 15_000,
  actionMs: 600_000,
  demandMs: 5000,
  retireGapMs: 6000,
  retireGraceMs: 30_000,
  settleMs: 60_000,
};

/** Times that were not given have their defaults. */
export function withDefaults(limits: Partial<Limits> | undefined): Limits {
  return { ...defaults, ...limits };
}
