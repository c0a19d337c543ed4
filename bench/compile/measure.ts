import { spawnSync } from 'node:child_process';

export interface Command {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** CPU seconds (user and system, children too) of each run of one command, in running order. */
export interface Measured {
  readonly name: string;
  readonly cpu: readonly number[];
}

/** Runs every command once per round, one after the other, so that a busy moment of the machine hits all alike. */
export function measure(commands: readonly Command[], rounds: number): readonly Measured[] {
  for (const command of commands) cpuSeconds(command);
  const cpu = commands.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) cpu[index]?.push(cpuSeconds(command));
  }
  return commands.map(({ name }, index) => ({ name, cpu: cpu[index] ?? [] }));
}

/** The shell's own `time` counts what the kernel charged to the process and its children. */
function cpuSeconds({ program, args, cwd, name }: Command): number {
  const script = 'TIMEFORMAT="cpu %U %S"; time "$@" >/dev/null 2>&1';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', program, ...args], { cwd, encoding: 'utf8' });
  const match = /cpu ([\d.]+) ([\d.]+)/.exec(stderr);
  if (status !== 0 || match === null) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return Number(match[1]) + Number(match[2]);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Median of the ratios of the rounds, each to the reference in the same round. */
export function ratio({ cpu }: Measured, reference: Measured): number {
  return median(cpu.map((seconds, round) => seconds / (reference.cpu[round] ?? 1)));
}

/** Most memory that a command held at once, in MiB; undefined where GNU time is not installed. The least of three runs. */
export function peakMiB({ program, args, cwd }: Command): number | undefined {
  const peaks = [1, 2, 3].map(() => {
    const timed = ['-f', 'peak %M', program, ...args];
    const { stderr } = spawnSync('/usr/bin/time', timed, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return Number(/^peak (\d+)$/m.exec(stderr ?? '')?.[1]) / 1024;
  });
  const least = Math.min(...peaks);
  return Number.isNaN(least) ? undefined : least;
}
