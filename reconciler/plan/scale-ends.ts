import type { RunnerAction } from '../model/plan.ts';
import type { PoolMemory } from '../model/record.ts';
import { compareText } from './digest.ts';
import type { PoolRunner } from './pool-runners.ts';
import { inState, type PoolView } from './pool-view.ts';
import { clearRunner, retireRunner } from './scale-actions.ts';
import type { ScaleInputs } from './scale-inputs.ts';

/** Idle runners made from an older description of the pool, at most half of them per pass. */
export function outdatedToReplace(view: PoolView): readonly PoolRunner[] {
  const outdated = inState(view, 'idle').filter((runner) => runner.outdated);
  return view.trust === 'all' ? oldestFirst(outdated).slice(0, Math.ceil(outdated.length / 2)) : [];
}

/** Runners that end: given up, asked before and still there without a job, outdated, and the surplus: longest idle first. */
export function retirements(
  view: PoolView,
  memory: PoolMemory,
  replaced: readonly PoolRunner[],
  surplus: number,
): readonly RunnerAction[] {
  if (view.trust !== 'all') return [];
  const again = inState(view, 'draining').filter((runner) => runner.job === undefined);
  const since = ({ runner }: PoolRunner): number => memory.idleSince[runner.name] ?? Infinity;
  const idle = oldestFirst(inState(view, 'idle').filter((runner) => !replaced.includes(runner))).sort(
    (a, b) => since(a) - since(b),
  );
  return [
    ...inState(view, 'lost').map((runner) =>
      retireRunner(runner, 'out of contact with the forge and without a job', 'cleanup'),
    ),
    ...inState(view, 'overdue').map((runner) => retireRunner(runner, 'never came up', 'cleanup')),
    ...again.map((runner) => retireRunner(runner, 'asked to end, and still there', 'cleanup')),
    ...replaced.map((runner) => retireRunner(runner, 'its pool was changed in the file', 'file')),
    ...idle
      .slice(0, Math.max(0, surplus))
      .map((runner) => retireRunner(runner, 'idle for longer than its pool asks', 'load')),
  ];
}

/** Containers and processes of runners that have ended, on hosts that answered. */
export function clearances(view: PoolView, inputs: ScaleInputs): readonly RunnerAction[] {
  return inState(view, 'exited')
    .filter(({ runner }) => inputs.hosts.get(runner.host)?.doubt === undefined)
    .map(clearRunner);
}

function oldestFirst(runners: readonly PoolRunner[]): PoolRunner[] {
  return [...runners].sort(
    (a, b) => a.runner.startedAt - b.runner.startedAt || compareText(a.runner.name, b.runner.name),
  );
}
