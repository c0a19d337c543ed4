import { takeoverCode } from '../../compiler/model/takeover.ts';
import type { Unit } from '../model/desired.ts';
import type { Hold } from '../model/plan.ts';
import type { PlanInput } from './draft.ts';
import { freshHost, slotsOf } from './live.ts';
import { writtenVolumes } from './writers.ts';

/**
 * A container that would be made on data that its program cannot read, or only ruin: a required stop passed by, an older
 * version, another program in the same volume. What runs is left as it is. The file can accept it with a reason.
 */
export function dataHolds(unit: Unit, { snapshot, takeover }: PlanInput): readonly Hold[] {
  if (unit.kind !== 'container') return [];
  const { platform } = snapshot.desired;
  const workload = platform.workloads.find(({ id }) => id === unit.service);
  const writer = snapshot.writers?.[unit.id];
  if (workload?.stateful !== true || writer === undefined || platform.accept[takeoverCode] !== undefined) return [];
  if (slotsOf(snapshot, unit).main?.digest === unit.digest) return [];
  const there = freshHost(snapshot, unit.host)?.volumes.map(({ name }) => name) ?? [];
  const isShared = writtenVolumes(unit.spec.mounts).some(
    (name) => writer.volumes.includes(name) && there.includes(name),
  );
  if (!isShared) return [];
  const verdict = takeover({ image: writer.image }, { image: unit.spec.image, component: workload.component });
  if (verdict.kind !== 'refused') return [];
  const next = `${verdict.steps.join('; ')}; or accept ${takeoverCode} with the reason why it is fine here`;
  return [{ subject: unit.id, reason: verdict.reason, next, refused: true }];
}
