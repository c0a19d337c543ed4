import type { Value } from '../../schema/document.ts';
import type { PatchSpec, Spec } from '../../schema/spec.ts';
import type { JsonPatchStep, Patch } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** The patches of the file, in its order: a later one sees what an earlier one changed. */
export function patchesOf({ patches }: Spec): readonly Patch[] {
  return patches.map((patch, index) => ({
    origin: pointerTo('/patches', index),
    kind: patch.target.kind,
    name: patch.target.name,
    ...(patch.target.host === undefined ? {} : { host: patch.target.host }),
    why: patch.why,
    change: changeOf(patch),
  }));
}

/** The schema asks for exactly one of both. */
function changeOf({ merge, json }: PatchSpec): Patch['change'] {
  if (json === undefined) return { kind: 'merge', value: (merge ?? {}) as Readonly<Record<string, Value>> };
  return { kind: 'json', steps: json as readonly JsonPatchStep[] };
}
