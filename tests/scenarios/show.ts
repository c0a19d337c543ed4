import { lifeOf } from '../../reconciler/memory/observe.ts';
import type { Plan } from '../../reconciler/model/plan.ts';
import type { Outcome } from '../../reconciler/model/record.ts';
import { actionSubject } from '../../reconciler/plan/words.ts';
import type { Stage } from '../fakes/stage.ts';

/** What became of a plan: all done in one line, else each that was not. */
export function outcomeLines(plan: Plan, outcomes: Readonly<Record<string, Outcome>>, all = false): readonly string[] {
  const other = plan.actions.flatMap((action) => {
    const outcome = outcomes[action.id];
    if (outcome === undefined || (outcome.kind === 'done' && !all)) return [];
    return [`${outcome.kind}: ${actionSubject(action)}${detailOf(outcome)}`];
  });
  if (plan.actions.length === 0) return [];
  return other.length === 0 ? ['done'] : other;
}

function detailOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return '';
    case 'failed':
      return `: ${outcome.failure.detail}${outcome.restored === true ? ' (the old one was put back)' : ''}`;
    case 'stale':
    case 'skipped':
      return `: ${outcome.detail}`;
  }
}

export function showContainers(stage: Stage, host: string): readonly string[] {
  const lines = stage
    .world(host)
    .containers.map((container) => {
      const { name, spec, id } = container;
      const isJob = spec.restart !== 'unless-stopped';
      const { state } = isJob ? lifeOf(container, { images: stage.images }, stage.clock.now()) : container;
      return `${name}  ${spec.image}  ${state}  (${id})`;
    })
    .sort();
  return lines.length === 0 ? ['no containers'] : lines;
}

export function showVolumes(stage: Stage): readonly string[] {
  return stage
    .world()
    .volumes.map(({ name }) => name)
    .sort();
}

export function showRunners(stage: Stage): readonly string[] {
  const onHost = stage.world().runners.map(({ name, state }) => `${name}  ${state}`);
  const registered = stage.forge.runners.map(
    ({ name, disabled }) => `registered: ${name}${disabled ? ' (cordoned)' : ''}`,
  );
  const lines = [...onHost, ...registered].sort();
  return lines.length === 0 ? ['no runners'] : lines;
}
