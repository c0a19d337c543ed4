import { readFileSync } from 'node:fs';

/** What the kernel says a process has cost so far. */
export interface ProcessCost {
  /** CPU of its own, milliseconds, in steps of 10. */
  readonly ownMs: number;
  /** CPU of the programs that it ran and that have ended, milliseconds: git. */
  readonly childrenMs: number;
  readonly residentMiB: number;
  /** Highest `residentMiB` so far. */
  readonly peakMiB: number;
}

/** Linux counts in hundredths of a second (`getconf CLK_TCK`), whatever the machine. */
const msPerTick = 10;

/** Reads `/proc/<pid>/stat` and `/proc/<pid>/status` (proc(5)). */
export function processCost(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Fields are counted from behind the name, which may hold blanks: 14 to 17 are utime, stime, cutime, cstime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (field: number): number => Number(fields[field - 3]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return {
    ownMs: (ticks(14) + ticks(15)) * msPerTick,
    childrenMs: (ticks(16) + ticks(17)) * msPerTick,
    residentMiB: mebibytes('VmRSS'),
    peakMiB: mebibytes('VmHWM'),
  };
}
