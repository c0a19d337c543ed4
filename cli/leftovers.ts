import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The name under which this process writes a file before it takes its place. */
export function temporaryName(): string {
  return `.autogit-${process.pid}.tmp`;
}

/**
 * Removes what processes that were killed left half written in a folder; what a living one writes stays. To be called
 * before this process writes there itself: a file with its own number is then an older one's, too. Nothing of this is
 * worth a failure: what cannot be removed stays.
 */
export function removeLeftovers(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = Number(/^\.autogit-([1-9][0-9]{0,9})\.tmp$/.exec(name)?.[1]);
    if (Number.isNaN(pid) || (pid !== process.pid && isAlive(pid))) continue;
    try {
      rmSync(join(folder, name), { force: true });
    } catch {
      // A folder of that name, or of a user who does not let us: neither is ours.
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
