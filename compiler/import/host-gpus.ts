import { entriesOf, type MapNode, member, textAt } from './node.ts';
import type { Scope } from './scope.ts';

export interface HostGpus {
  /** By vendor, as the platform file writes them for the one host; empty when no service asks for any. */
  readonly declared: Readonly<Record<string, { readonly mode?: 'shared'; readonly count?: number }>>;
  /** Vendors whose GPUs are only counted from what services ask for. */
  readonly guessed: readonly string[];
}

export const noGpus: HostGpus = { declared: {}, guessed: [] };

/** Most GPUs of a vendor that the language can say of a host. */
const most = 64;

/**
 * What the host has: as AutoGit wrote it at the top of a file that it rendered, else as many as the services of the file
 * ask for together, because no Compose file says more.
 */
export function hostGpus(root: MapNode, services: readonly Scope[]): HostGpus {
  const written = Object.fromEntries(
    entriesOf(member(root, 'x-autogit-gpus')).flatMap(([vendor, part]) => {
      const count = Number(textAt(part, 'count'));
      if (!/^(?:nvidia|amd|intel)$/.test(vendor)) return [];
      const shared = textAt(part, 'mode') === 'shared' ? { mode: 'shared' as const } : {};
      return [[vendor, { ...shared, ...(Number.isInteger(count) && count > 0 ? { count } : {}) }] as const];
    }),
  );
  const sums = new Map<string, number>();
  for (const { draft } of services)
    if (draft.gpu !== undefined) sums.set(draft.gpu.vendor, (sums.get(draft.gpu.vendor) ?? 0) + draft.gpu.count);
  const guessed = [...sums.keys()].filter((vendor) => !Object.hasOwn(written, vendor)).sort();
  const counted = guessed.map((vendor) => [vendor, { count: Math.min(most, sums.get(vendor) ?? 1) }] as const);
  return { declared: { ...Object.fromEntries(counted), ...written }, guessed };
}
