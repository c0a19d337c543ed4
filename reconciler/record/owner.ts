import { readFileSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.ts';

/**
 * Who uses a state folder. The lock itself is SQLite's, which the kernel drops with the process; this file says who
 * holds it, and also keeps a second reconciler out when the database was removed under the first.
 */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Wall clock, milliseconds. */
  readonly since: number;
  /** Start of the process in clock ticks since boot, so that a reused process id is not mistaken for the owner. */
  readonly started?: string;
}

const fileOf = (directory: string): string => join(directory, 'owner.json');

/** The owner that the folder names; `undefined` when it names none or cannot be read. */
export function readOwner(directory: string): Owner | undefined {
  try {
    const value = JSON.parse(readFileSync(fileOf(directory), 'utf8')) as Partial<Owner> | null;
    if (typeof value?.pid !== 'number' || typeof value.host !== 'string' || typeof value.since !== 'number')
      return undefined;
    return {
      pid: value.pid,
      host: value.host,
      since: value.since,
      ...(typeof value.started === 'string' ? { started: value.started } : {}),
    };
  } catch {
    return undefined;
  }
}

/** True when the owner is another process of this machine that still runs. Of another machine nothing can be known: false. */
export function runsElsewhere(owner: Owner): boolean {
  if (owner.host !== hostname() || isThisProcess(owner)) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = startOf(owner.pid);
  return started === undefined || owner.started === undefined || started === owner.started;
}

/** Writes this process into the folder. `since`: wall clock, milliseconds. */
export function writeOwner(directory: string, since: number): void {
  const started = startOf(process.pid);
  const owner: Owner = { pid: process.pid, host: hostname(), since, ...(started === undefined ? {} : { started }) };
  writePrivateFile(fileOf(directory), `${JSON.stringify(owner)}\n`, { keep: false });
}

/** Takes this process out of the folder; another one's name is left there. */
export function removeOwner(directory: string): void {
  const owner = readOwner(directory);
  if (owner !== undefined && isThisProcess(owner)) unlinkSync(fileOf(directory));
}

/** `process 4711 on nas since 2026-01-02T03:04:05Z`. */
export function describeOwner(owner: Owner | undefined): string {
  if (owner === undefined) return 'another process';
  return `process ${owner.pid} on ${owner.host} since ${new Date(owner.since).toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

function isThisProcess(owner: Owner): boolean {
  return owner.pid === process.pid && owner.host === hostname() && owner.started === startOf(process.pid);
}

/**
 * State and field 22 of `/proc/<pid>/stat` (proc_pid_stat(5)); `undefined` where there is no such file system. For a process
 * that has ended and only waits for its parent: `ended`.
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? 'ended' : fields[18];
  } catch {
    return undefined;
  }
}
