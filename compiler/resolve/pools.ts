import type { Spec } from '../../schema/spec.ts';
import type { Catalog } from '../model/component.ts';
import { compareText, sortedById } from '../model/order.ts';
import type { Host, Pool } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { limitsIn, millisecondsIn } from '../model/quantities.ts';

/** Every runner pool, sorted by id. Without `hosts` it may use all of them; its image is that of the forge's runner. */
export function poolsOf(spec: Spec, catalog: Catalog, hosts: readonly Host[]): readonly Pool[] {
  const forge = catalog.find(({ role, use }) => role === 'forge' && use === spec.forge?.use);
  const all = hosts.map(({ id }) => id);
  return sortedById(
    Object.entries(spec.runners).map(([id, pool]): Pool => {
      const { min, max, idle, idleTime } = pool.size;
      return {
        id,
        origin: pointerTo('/runners', id),
        labels: pool.labels,
        arch: pool.arch,
        hosts: [...new Set(pool.hosts ?? all)].sort(compareText),
        image: pool.image ?? forge?.runnerImage ?? '',
        size: { min, ...(max === undefined ? {} : { max }), idle, idleMs: millisecondsIn(idleTime) },
        limits: limitsIn(pool.limits),
      };
    }),
  );
}
