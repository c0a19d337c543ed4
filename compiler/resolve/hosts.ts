import type { Spec } from '../../schema/spec.ts';
import { sortedById } from '../model/order.ts';
import type { Host } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** Every host of the file, sorted by id. */
export function hostsOf(spec: Spec): readonly Host[] {
  return sortedById(
    Object.entries(spec.hosts).map(
      ([id, { engine }]): Host => ({
        id,
        origin: pointerTo('/hosts', id),
        engine: engine === 'process' ? { kind: 'process' } : { kind: 'docker', url: engine },
      }),
    ),
  );
}

/**
 * The host that `placement` names. Without one, or when it names none, the first Docker host; without any of those, the
 * first host, which the target refuses.
 */
export function hostFor(placement: string | undefined, hosts: readonly Host[]): Host {
  const host =
    hosts.find(({ id }) => id === placement) ?? hosts.find(({ engine }) => engine.kind === 'docker') ?? hosts[0];
  if (host === undefined) throw new Error('the schema asks for at least one host');
  return host;
}
