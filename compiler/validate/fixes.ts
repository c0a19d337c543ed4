import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Advice } from './advice.ts';

type WithFix = Pick<Finding, 'fix'>;

/** The fix for a value whose meaning is certain; nothing otherwise. */
export function meansValue(pointer: Pointer, advice: Advice | undefined): WithFix {
  if (advice?.means === undefined) return {};
  return { fix: { title: advice.hint, edits: [{ kind: 'replace-value', pointer, value: advice.means }] } };
}

/** The fix for a key whose meaning is certain; nothing otherwise. */
export function meansKey(pointer: Pointer, advice: Advice | undefined): WithFix {
  return typeof advice?.means === 'string' ? renames(pointer, advice.means) : {};
}

export function renames(pointer: Pointer, to: string): WithFix {
  return { fix: { title: `write \`${to}\``, edits: [{ kind: 'rename-key', pointer, to }] } };
}

export function inQuotes(pointer: Pointer): WithFix {
  return { fix: { title: 'put it in quotes', edits: [{ kind: 'quote', pointer }] } };
}
