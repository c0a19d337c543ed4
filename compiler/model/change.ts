import { applyPatch } from 'rfc6902';
import type { Value } from '../../schema/document.ts';
import { isMap } from './is-map.ts';
import type { JsonPatchStep, Patch } from './platform.ts';
import { pointerTo } from './pointer.ts';

export type Changed =
  | { readonly ok: true; readonly value: Value }
  /** `within` leads from the patch to the step that failed. */
  | { readonly ok: false; readonly within: string; readonly message: string };

/** What a patch makes of a value, which stays as it is. */
export function changed(value: Value, change: Patch['change']): Changed {
  if (change.kind === 'merge') return { ok: true, value: mergePatch(value, change.value) };
  const at = change.steps.findIndex(({ path }) => isUnusable(path));
  if (at !== -1) return { ok: false, within: pointerTo('/json', at), message: unusablePath(change.steps[at]) };
  const copy = structuredClone(value);
  const results: readonly (Error | null)[] = applyPatch(copy, change.steps.map(operationOf));
  const failed = results.findIndex((result) => result !== null);
  if (failed === -1) return { ok: true, value: copy };
  return { ok: false, within: pointerTo('/json', failed), message: whyNot(change.steps[failed], results[failed]) };
}

/** Keys that rfc6902 passes over in a path: the step would change something else. */
const skipped: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** A pointer is empty or begins with a slash; on any other text rfc6902 throws. */
function isUnusable(path: string): boolean {
  return !path.startsWith('/') || path.split('/').some((key) => skipped.includes(key));
}

function unusablePath({ path = '' }: Partial<JsonPatchStep> = {}): string {
  if (path === '') return 'the object as a whole cannot be replaced';
  return path.startsWith('/')
    ? `${path} holds a key that no step can reach`
    : `write /${path}: a path begins with a slash`;
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

function whyNot(step: JsonPatchStep | undefined, error: Error | null | undefined): string {
  if (step === undefined) return 'cannot be applied';
  if (error?.name === 'TestError') return `the value at ${step.path} is another one`;
  return step.op === 'add' ? `there is nothing to add ${step.path} to` : `there is no ${step.path}`;
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
