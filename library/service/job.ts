import type { Job } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { millisecondsIn } from '../../compiler/model/quantities.ts';
import type { ServiceSpec } from '../../schema/spec.ts';

/** A service with a schedule runs to its end, once or at its times. */
export function jobOf({ schedule }: ServiceSpec, origin: string): Job | undefined {
  if (schedule === undefined) return undefined;
  const { at, timezone, timeout, retries } = schedule;
  return {
    origin: pointerTo(origin, 'schedule'),
    at: at === 'once' ? { kind: 'once' } : { kind: 'cron', fields: at, timezone },
    timeoutMs: millisecondsIn(timeout),
    retries,
  };
}
