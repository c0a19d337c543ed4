import { takeoverCode } from '../../compiler/model/takeover.ts';
import type { Unit } from '../model/desired.ts';
import type { Hold } from '../model/plan.ts';
import type { PlanInput } from './draft.ts';
import { freshHost, slotsOf } from './live.ts';
import { writerKey, writtenVolumes } from './writers.ts';

/**
 * A container that would be made on data that its program cannot read, or only ruin: a required stop passed by, an older
 * version, another program in the same volume. What runs is left as it is. The file can accept it with a reason.
 */
export function dataHolds(unit: Unit, { snapshot, takeover }: PlanInput): readonly Hold[] {
  if (unit.kind !== 'container') return [];
  const { platform } = snapshot.desired;
  const workload = platform.workloads.find(({ id }) => id === unit.service);
  if (workload?.stateful !== true || platform.accept[takeoverCode] !== undefined) return [];
  if (slotsOf(snapshot, unit).main?.digest === unit.digest) return [];
  const there = freshHost(snapshot, unit.host)?.volumes.map(({ name }) => name) ?? [];
  const writers = writtenVolumes(unit.spec.mounts)
    .filter((name) => there.includes(name))
    .flatMap((name) => snapshot.writers?.[writerKey(unit.host, name)] ?? []);
  const reader = { image: unit.spec.image, component: workload.component };
  const holds = [...new Set(writers)].flatMap((image): readonly Hold[] => {
    const verdict = takeover({ image }, reader);
    if (verdict.kind !== 'refused') return [];
    const next = `${verdict.steps.join('; ')}; or accept ${takeoverCode} with the reason why it is fine here`;
    return [{ subject: unit.id, reason: verdict.reason, next, refused: true }];
  });
  return holds.slice(0, 1);
}
