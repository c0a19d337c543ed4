import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A pid alone can be taken over by another program; with its start time it cannot. */
export interface LocalProcess {
  readonly name: string;
  readonly pid: number;
  readonly started: string;
  readonly log: string;
}

export interface LaunchOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that standard output and error are appended to. */
  readonly log: string;
}

/** Starts a program in its own session. Throws when it cannot be started. */
export function startProcess(
  name: string,
  command: string,
  args: readonly string[],
  options: LaunchOptions,
): LocalProcess {
  const out = openSync(options.log, 'a');
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  if (child.pid === undefined) throw new Error(`could not start ${command}`);
  child.unref();
  return { name, pid: child.pid, started: startTime(child.pid) ?? 'ended', log: options.log };
}

export function isRunning(process: LocalProcess): boolean {
  return startTime(process.pid) === process.started;
}

/** SIGTERM, then SIGKILL after the grace. Throws when it outlives both. */
export async function stopProcess(local: LocalProcess, graceMs = 10_000): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isRunning(local)) return;
    signalProcess(local, signal);
    for (const end = Date.now() + waitMs; Date.now() < end && isRunning(local); ) await sleep(25);
  }
  if (isRunning(local)) throw new Error(`${local.name} (pid ${local.pid}) does not end`);
}

export function signalProcess(local: LocalProcess, signal: NodeJS.Signals): void {
  try {
    if (isRunning(local)) process.kill(local.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Start time in the system's own words; undefined for a process that is gone or a zombie. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    if (process.platform === 'linux') return undefined;
    const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return ps.status === 0 ? ps.stdout.trim() || undefined : undefined;
  }
}
