import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Memory of a process and all that it started, in bytes. */
export interface Memory {
  /** What is shared with other processes counts in equal parts (Pss of /proc/PID/smaps_rollup). */
  readonly proportional: number;
  /** Of it what the kernel cannot drop and read again from a file: anonymous pages and shared memory. */
  readonly kept: number;
}

/** Memory of a tree of processes now. One that ended meanwhile counts as nothing. */
export function memoryOf(pid: number): Memory {
  const each = [pid, ...descendants(pid)].map(ofProcess);
  return {
    proportional: each.reduce((sum, { proportional }) => sum + proportional, 0),
    kept: each.reduce((sum, { kept }) => sum + kept, 0),
  };
}

function ofProcess(pid: number): Memory {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
    return { proportional: field('Pss'), kept: field('Pss_Anon') + field('Pss_Shmem') };
  } catch {
    return { proportional: 0, kept: 0 };
  }
}

function descendants(pid: number): readonly number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const below = (of: number): readonly number[] => (parents.get(of) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

/** Field 4 of /proc/PID/stat; the name before it is in brackets and may hold anything. */
function parentOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** Memory once it has changed by less than a fiftieth for three seconds, or after half a minute. */
export async function atRest(pid: number): Promise<Memory> {
  let before = memoryOf(pid);
  for (let quiet = 0, seconds = 0; quiet < 3 && seconds < 30; seconds++) {
    await sleep(1000);
    const now = memoryOf(pid);
    quiet = Math.abs(now.proportional - before.proportional) < before.proportional / 50 ? quiet + 1 : 0;
    before = now;
  }
  return before;
}

/** The most that the tree had while `work` went on, looked at ten times a second. */
export async function highest(pid: () => number, work: () => Promise<unknown>): Promise<Memory> {
  let most: Memory = { proportional: 0, kept: 0 };
  const look = () => {
    const now = memoryOf(pid());
    most = {
      proportional: Math.max(most.proportional, now.proportional),
      kept: Math.max(most.kept, now.kept),
    };
  };
  const timer = setInterval(look, 100);
  try {
    await work();
    look();
    return most;
  } finally {
    clearInterval(timer);
  }
}
