import type { Upgrade } from '../compiler/model/component.ts';
import { compareVersions, imageVersion } from '../compiler/model/image-version.ts';

/** How many numbers of a version count: 1 for the major one, 2 with the minor one, 3 with the patch. */
type Numbers = 1 | 2 | 3;

export interface ForwardOnly {
  /** By which numbers an older version is refused. */
  readonly refuses: Numbers;
  /** By which numbers a newer version is a step that cannot be taken back. */
  readonly warns: Numbers;
  /** What an older version does with newer data, where it does not say no at the start. */
  readonly older?: string;
  /** Ways back besides a backup, each a sentence. */
  readonly back?: readonly string[];
}

/**
 * The rule of programs that change their database at the first start of a newer version, over any number of versions, and
 * know no way back by themselves.
 */
export function forwardOnly(rule: ForwardOnly): (from: string, to: string) => Upgrade {
  const { refuses, warns, older = 'does not start on', back = [] } = rule;
  return (from, to) => {
    const [old, now] = [imageVersion(from), imageVersion(to)];
    if (old === undefined || now === undefined)
      return { kind: 'warning', reason: `a tag says no version, and an older version ${older} newer data` };
    const step = (numbers: Numbers) => compareVersions(old.slice(0, numbers), now.slice(0, numbers));
    if (step(refuses) > 0) {
      return {
        kind: 'refused',
        reason: `version ${text(now)} ${older} the database of ${text(old)}`,
        steps: [`restore the backup that was made with ${text(now)}, or stay with ${text(old)}`, ...back],
      };
    }
    if (step(warns) >= 0) return { kind: 'fine' };
    return {
      kind: 'warning',
      reason: `from ${text(old.slice(0, warns))} to ${text(now.slice(0, warns))} the database is changed at the first start and cannot go back: back it up before`,
    };
  };
}

function text(version: readonly number[]): string {
  return version.join('.');
}
