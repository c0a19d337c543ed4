import type { RunnerAction } from '../model/plan.ts';
import type { PoolRunner } from './pool-runners.ts';
import type { PoolView } from './pool-view.ts';
import type { SizeDecision } from './scale-size.ts';

/** One launch for each of `hosts`: `home-linux-7` and on. `last`: the highest number used so far; `queued`: jobs that wait. */
export function launchRunners(
  platform: string,
  { pool, digest }: PoolView,
  last: number,
  hosts: readonly string[],
  size: SizeDecision,
  queued: number,
): readonly RunnerAction[] {
  const why =
    queued > 0
      ? `${queued} ${queued === 1 ? 'job waits' : 'jobs wait'}`
      : `${size.desired} ${size.desired === 1 ? 'runner is' : 'runners are'} wanted`;
  const reason = `${why}, pool ${pool.id} ${size.supply} → ${size.desired}`;
  return hosts.map((host, i) => {
    const name = `${platform}-${pool.id}-${last + 1 + i}`;
    return {
      kind: 'launch-runner',
      id: `launch-runner:${name}`,
      host,
      reason,
      cause: 'load',
      after: [],
      pool: pool.id,
      name,
      digest,
      image: pool.image,
      labels: pool.labels,
      cpus: pool.limits.cpus,
      memoryBytes: pool.limits.memoryBytes,
    };
  });
}

export function retireRunner(
  { runner, forgeId }: PoolRunner,
  reason: string,
  cause: RunnerAction['cause'],
): RunnerAction {
  return {
    kind: 'retire-runner',
    id: `retire-runner:${runner.name}`,
    host: runner.host,
    reason,
    cause,
    after: [],
    pool: runner.pool,
    runner: runner.id,
    name: runner.name,
    ...(forgeId === undefined ? {} : { forgeId }),
  };
}

export function clearRunner({ runner }: PoolRunner): RunnerAction {
  const ended = runner.exit ?? (runner.exitCode === undefined ? 'ended' : `ended with code ${runner.exitCode}`);
  return {
    kind: 'clear-runner',
    id: `clear-runner:${runner.name}`,
    host: runner.host,
    reason: `has ${ended}`,
    cause: 'cleanup',
    after: [],
    pool: runner.pool,
    runner: runner.id,
    name: runner.name,
  };
}
