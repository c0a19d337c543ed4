import type { Finding } from '../../schema/diagnostic.ts';
import type { Patch } from './platform.ts';
import { pointerTo } from './pointer.ts';

/**
 * A patch after which the object is as it was, as a warning: what it was for is rendered already, or stands elsewhere.
 * Steps that only test are there to fail one day.
 */
export function withoutEffect(
  { origin, kind, name, change }: Patch,
  before: unknown,
  after: unknown,
): readonly Finding[] {
  if (change.kind === 'json' && change.steps.length > 0 && change.steps.every(({ op }) => op === 'test')) return [];
  if (JSON.stringify(before) !== JSON.stringify(after)) return [];
  return [
    {
      code: 'AG541',
      severity: 'warning',
      pointer: pointerTo(origin, change.kind),
      message: `the patch of ${kind} '${name}' changes nothing: the object is rendered like that already`,
      hint: 'remove the patch, or write what it should change',
    },
  ];
}
