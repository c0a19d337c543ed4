import type { Finding } from '../../../schema/diagnostic.ts';
import { broughtFaults, type Step } from '../../model/patch-fault.ts';
import type { Platform } from '../../model/platform.ts';
import type { Carried } from '../refused-pods.ts';
import type { ManifestJson } from '../synth.ts';
import { objectFaults } from './object-faults.ts';
import { touchedBy } from './touched.ts';
import { replaceIn, titleOf, type World, worldOf } from './world.ts';

/**
 * What patches make wrong although every object fits its schema, each at its patch. Only what was patched and what refers
 * to it is looked at, before and after each patch.
 * @param objects as they are before every patch
 */
export function patchFaults(
  objects: readonly ManifestJson[],
  carried: readonly Carried[],
  platform: Platform,
): readonly Finding[] {
  const world = worldOf(objects, platform);
  return broughtFaults(carried.map((each) => stepOf(world, each)));
}

function stepOf(world: World, { patch, before, after }: Carried): Step {
  const touched = touchedBy(world, before, after);
  const faultsOf = (changed: ManifestJson) => {
    replaceIn(world, changed);
    return touched.flatMap((object) => objectFaults(world, object === after ? changed : object));
  };
  return { patch, object: titleOf(after), before: faultsOf(before), after: faultsOf(after) };
}
