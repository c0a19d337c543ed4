import { applyPatch } from 'rfc6902';
import type { Value } from '../../schema/document.ts';
import { isMap } from './is-map.ts';
import { misplaced } from './patch-place.ts';
import type { JsonPatchStep, Patch } from './platform.ts';
import { pointerTo } from './pointer.ts';

export type Changed =
  | { readonly ok: true; readonly value: Value }
  /** `within` leads from the patch to the step that failed. */
  | { readonly ok: false; readonly within: string; readonly message: string };

/** What a patch makes of a value, which stays as it is. */
export function changed(value: Value, change: Patch['change']): Changed {
  if (change.kind === 'merge') return { ok: true, value: mergePatch(value, change.value) };
  const copy = structuredClone(value);
  for (const [at, step] of change.steps.entries()) {
    const message = misplaced(copy, step) ?? refusal(copy, step);
    if (message !== undefined) return { ok: false, within: pointerTo('/json', at), message };
  }
  return { ok: true, value: copy };
}

/** Takes the step, or says why it cannot be taken. */
function refusal(value: Value, step: JsonPatchStep): string | undefined {
  const [error] = applyPatch(value, [operationOf(step)]) as readonly (Error | null)[];
  if (error === null || error === undefined) return undefined;
  return error.name === 'TestError' ? `the value at ${step.path} is another one` : `there is no ${step.path}`;
}

/** The steps of the file have no `from`, which only `move` and `copy` need. */
function operationOf({ op, path, value = null }: JsonPatchStep) {
  switch (op) {
    case 'remove':
      return { op, path } as const;
    case 'add':
      return { op, path, value } as const;
    case 'replace':
      return { op, path, value } as const;
    case 'test':
      return { op, path, value } as const;
  }
}

/** RFC 7396: maps are merged, everything else is replaced, null removes. No key reaches a prototype. */
function mergePatch(value: Value | undefined, patch: Value): Value {
  if (!isMap(patch)) return patch;
  const result = new Map(isMap(value) ? Object.entries(value) : []);
  for (const [key, member] of Object.entries(patch)) {
    if (member === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), member));
  }
  return Object.fromEntries(result);
}
