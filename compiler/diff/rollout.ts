import type { Workload } from '../model/platform.ts';
import { stopFirstGap } from './gap.ts';
import { type KubernetesFile, type Refusal, refusalsOf } from './immutable.ts';
import type { RenderedWorkload } from './rendered.ts';
import { composeReplacement, kubernetesReplacement, type Replacement } from './replacement.ts';
import type { Risk } from './report.ts';

/** What applying the new files does to one workload that was there before. */
export interface Rollout {
  readonly replacement: Replacement;
  readonly refusals: readonly Refusal[];
  readonly effects: readonly string[];
  readonly risks: readonly Risk[];
}

const nothing: Rollout = { replacement: { kind: 'none' }, refusals: [], effects: [], risks: [] };

/** `rendered` is undefined where no file of it differs. */
export function rollout(
  {
    rendered,
  }: { readonly rendered: { readonly before: RenderedWorkload; readonly after: RenderedWorkload } | undefined },
  now: Workload,
): Rollout {
  if (rendered === undefined) return nothing;
  const { before, after } = rendered;
  if (before.compose !== undefined || after.compose !== undefined) return composeRollout(before, after, now);
  return kubernetesRollout(before, after, now);
}

function composeRollout(before: RenderedWorkload, after: RenderedWorkload, now: Workload): Rollout {
  if (before.compose === undefined || after.compose === undefined) return nothing;
  if (before.compose.host !== after.compose.host) {
    return {
      ...nothing,
      replacement: { kind: 'stop-first', gap: stopFirstGap(now) },
      effects: [`moves from host ${before.compose.host} to ${after.compose.host}`],
    };
  }
  return { ...nothing, replacement: composeReplacement(before.compose.service, after.compose.service, now) };
}

const controllers: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

function kubernetesRollout(before: RenderedWorkload, after: RenderedWorkload, now: Workload): Rollout {
  const refusals = [...after.objects].flatMap(([path, object]) => {
    const was = before.objects.get(path);
    return was === undefined ? [] : refusalsOf(was, object);
  });
  const [old, next] = [controllerOf(before), controllerOf(after)];
  if (old === undefined || next === undefined) return { ...nothing, refusals };
  if (old.kind === next.kind) return { ...nothing, refusals, replacement: kubernetesReplacement(old, next, now) };
  const steps = [`kubectl --namespace ${old.metadata.namespace} delete ${old.kind.toLowerCase()} ${old.metadata.name}`];
  const claims = old.kind === 'StatefulSet' || next.kind === 'StatefulSet';
  return {
    replacement: { kind: 'stop-first', gap: stopFirstGap(now) },
    refusals: [...refusals, { what: `a ${old.kind} becomes a ${next.kind}; both would run side by side`, steps }],
    effects: claims ? ['its claims get other names: data in the old ones is not taken along'] : [],
    risks: claims ? ['data'] : [],
  };
}

function controllerOf({ objects }: RenderedWorkload): KubernetesFile | undefined {
  return [...objects.values()].find(({ kind }) => controllers.includes(kind));
}
