import type { Pointer } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import { isMap } from '../model/is-map.ts';
import type { JsonPatchStep, Patch, Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** Kinds of a Compose project, where no patch can change an image. */
const composeKinds: readonly string[] = ['service', 'network', 'volume'];
const containers: readonly string[] = ['containers', 'initContainers', 'ephemeralContainers'];

/** What becomes of an image of a patch. `asked` is false where a step only looks whether it is there. */
type Visit = (image: string, pointer: Pointer, asked: boolean) => string;

/** The patches that the target of a platform carries out, each image of theirs put through `visit`. */
export function patchesWithImages({ target, patches = [] }: Platform, visit: Visit): readonly Patch[] {
  if (target !== 'kubernetes') return patches;
  return patches.map((patch) => (composeKinds.includes(patch.kind) ? patch : withImages(patch, visit)));
}

function withImages(patch: Patch, visit: Visit): Patch {
  const { change, origin } = patch;
  if (change.kind === 'merge') {
    const pin = (image: string, pointer: Pointer) => visit(image, pointer, true);
    const value = replaced(change.value, [], pointerTo(origin, 'merge'), pin) as typeof change.value;
    return { ...patch, change: { kind: 'merge', value } };
  }
  const steps = change.steps.map((step, at) => stepWithImages(step, pointerTo(origin, 'json', at, 'value'), visit));
  return { ...patch, change: { kind: 'json', steps } };
}

function stepWithImages(step: JsonPatchStep, pointer: Pointer, visit: Visit): JsonPatchStep {
  if (step.value === undefined) return step;
  const keys = step.path.split('/').slice(1);
  const pin = (image: string, at: Pointer) => visit(image, at, step.op !== 'test');
  return { ...step, value: replaced(step.value, keys, pointer, pin) };
}

/** `keys` lead from the object that is patched to this value. */
function replaced(
  value: Value,
  keys: readonly string[],
  pointer: Pointer,
  pin: (image: string, pointer: Pointer) => string,
): Value {
  if (typeof value === 'string') return isImage(keys) ? pin(value, pointer) : value;
  const below = (member: Value, key: string) => replaced(member, [...keys, key], pointerTo(pointer, key), pin);
  if (Array.isArray(value)) return value.map((member, at) => below(member, String(at)));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, below(member, key)]));
}

/** `…/spec/containers/0/image`, and `…/spec/volumes/0/image/reference` for a volume that is an image. */
function isImage(keys: readonly string[]): boolean {
  const ofContainer = keys.at(-1) === 'image' && containers.includes(keys.at(-3) ?? '') && keys.at(-4) === 'spec';
  const ofVolume = keys.slice(-5, -3).join('/') === 'spec/volumes' && keys.slice(-2).join('/') === 'image/reference';
  return ofContainer || ofVolume;
}
