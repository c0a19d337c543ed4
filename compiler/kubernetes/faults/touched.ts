import type { ManifestJson } from '../synth.ts';
import { backendsOf } from './route-faults.ts';
import { labelsOf, matches, selectorIn } from './selectors.ts';
import { claimsMadeBy, templateOf, type World } from './world.ts';

/**
 * The objects that a change of one object can make wrong: itself, what selects its pods, the routes that lead to it, and
 * the pods that mount what it claims.
 */
export function touchedBy({ objects }: World, before: ManifestJson, after: ManifestJson): readonly ManifestJson[] {
  const states = [before, after];
  const pods = states.flatMap((state) => templateOf(state)?.pod ?? []);
  const claims = new Set(states.flatMap(claimsMadeBy));
  const others = [...objects.values()].filter((other) => {
    if (other === before || other === after || other.metadata.namespace !== before.metadata.namespace) return false;
    const { selector } = selectorIn(other) ?? {};
    if (selector !== undefined) return pods.some((pod) => matches(labelsOf(pod), selector));
    if (before.kind === 'Service' && backendsOf(other).some(({ name }) => name === before.metadata.name)) return true;
    return claims.size > 0 && mountsOne(other, claims);
  });
  return [after, ...others];
}

function mountsOne(object: ManifestJson, claims: ReadonlySet<string>): boolean {
  const volumes = templateOf(object)?.pod.spec?.volumes ?? [];
  return volumes.some(({ persistentVolumeClaim }) => claims.has(persistentVolumeClaim?.claimName ?? ''));
}
