import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { platform } from 'node:os';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the system's own words: clock ticks since boot on Linux, a date elsewhere. */
  readonly start: string;
}

/** The process with this number as it is now; undefined when there is none, or only its exit status is left. */
export function identify(pid: number): ProcessIdentity | undefined {
  const start = platform() === 'linux' ? startFromProc(pid) : startFromPs(pid);
  return start === undefined ? undefined : { pid, start };
}

export function isAlive(known: ProcessIdentity): boolean {
  return identify(known.pid)?.start === known.start;
}

/** `/proc/<pid>/stat` (proc_pid_stat(5)): field 3 is the state, field 22 the start time; the name may hold spaces. */
function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const answer = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LANG: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [state = 'Z', ...start] = answer.trim().split(/\s+/);
    return state.startsWith('Z') ? undefined : start.join(' ') || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Processes whose working directory is this folder or below it: what a job left running. Linux only; elsewhere none
 * are found.
 */
export function processesIn(folder: string): readonly ProcessIdentity[] {
  if (platform() !== 'linux') return [];
  return readdirSync('/proc')
    .filter(
      (entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid && isWithin(workingDirectory(entry), folder),
    )
    .flatMap((entry) => identify(Number(entry)) ?? []);
}

function workingDirectory(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Sends a signal to exactly this process; false when it is gone. */
export function send(known: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(known)) return false;
  try {
    return process.kill(known.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
