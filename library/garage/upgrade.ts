import type { Upgrade } from '../../compiler/model/component.ts';
import { compareVersions, imageVersion } from '../../compiler/model/image-version.ts';

/**
 * The first number that is not zero says which data structures a version has. They are taken over from one such version to
 * the very next, never back (https://garagehq.deuxfleurs.fr/documentation/operations/upgrading/).
 */
export function garageUpgrade(from: string, to: string): Upgrade {
  const [old, now] = [imageVersion(from), imageVersion(to)];
  if (old === undefined || now === undefined)
    return { kind: 'warning', reason: 'a tag says no version, and Garage goes from one major version to the next' };
  const [before, after] = [lineOf(old), lineOf(now)];
  const step = compareVersions(before, after);
  if (step === 0) return { kind: 'fine' };
  if (step > 0) {
    return {
      kind: 'refused',
      reason: `Garage ${text(now)} does not read the data of ${text(old)}`,
      steps: [`restore the backup that was made with ${text(now)}, or stay with ${text(old)}`],
    };
  }
  const next = nextOf(before);
  if (compareVersions(next, after) < 0) {
    return {
      kind: 'refused',
      reason: `Garage ${text(now)} does not take over the data of ${text(old)}: ${text(next)} lies between`,
      steps: [`go to the newest version of ${text(next)} and wait until it is healthy, then on`],
    };
  }
  return {
    kind: 'warning',
    reason: `from Garage ${text(before)} to ${text(after)} the data are changed at the first start and cannot go back: back them up before`,
  };
}

/** `2.3.0` → 2, `0.9.4` → 0.9. */
function lineOf([major = 0, minor = 0]: readonly number[]): readonly number[] {
  return major > 0 ? [major] : [0, minor];
}

/** After 0.9 came 1. */
function nextOf([major = 0, minor = 0]: readonly number[]): readonly number[] {
  if (major > 0) return [major + 1];
  return minor >= 9 ? [1] : [0, minor + 1];
}

function text(version: readonly number[]): string {
  return version.join('.');
}
