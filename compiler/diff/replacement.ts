import type { Workload } from '../model/platform.ts';
import { stopFirstGap } from './gap.ts';
import { isSame } from './pairs.ts';
import type { Gap } from './report.ts';

/** What becomes of a workload's containers when its rendered form changes. */
export type Replacement =
  /** What runs is left alone. */
  | { readonly kind: 'none' }
  /** Changed while it runs. */
  | { readonly kind: 'in-place' }
  | { readonly kind: 'start-first' }
  | { readonly kind: 'one-by-one' }
  | { readonly kind: 'stop-first'; readonly gap: Gap }
  | { readonly kind: 'job-again' }
  | { readonly kind: 'next-run' };

type Json = Readonly<Record<string, unknown>>;
type Timing = Pick<Workload, 'stopGraceMs' | 'health'>;

/** Keys of a Compose service that are no part of its container. */
const besideContainer: readonly string[] = [
  ...['build', 'depends_on', 'profiles'],
  ...['x-autogit-gpu', 'x-autogit-job', 'x-autogit-ports', 'x-autogit-source'],
];

/**
 * The rule of the reconciler: a container is replaced when anything of it changes, the new one first unless a published
 * port, a device, a GPU, the network of the host or a writable volume is in the way of two at once.
 */
export function composeReplacement(before: Json, after: Json, timing: Timing): Replacement {
  if (isSame(container(before), container(after))) return { kind: 'none' };
  const job = after['x-autogit-job'] as { readonly at?: string } | undefined;
  if (job !== undefined) return { kind: job.at === 'once' ? 'job-again' : 'next-run' };
  return isAlone(after) ? { kind: 'stop-first', gap: stopFirstGap(timing) } : { kind: 'start-first' };
}

function container(service: Json): Json {
  return Object.fromEntries(Object.entries(service).filter(([key]) => !besideContainer.includes(key)));
}

function isAlone({ ports, network_mode, devices, deploy, volumes }: Json): boolean {
  const gpus = (deploy as { readonly resources?: Json } | undefined)?.resources?.reservations;
  const writable = ((volumes ?? []) as readonly { readonly read_only?: boolean }[]).some((each) => !each.read_only);
  return ports !== undefined || network_mode !== undefined || devices !== undefined || gpus !== undefined || writable;
}

interface Controller {
  readonly kind: string;
  readonly spec: {
    readonly template?: unknown;
    readonly replicas?: number;
    readonly strategy?: { readonly type?: string };
  };
}

/**
 * What the controllers of Kubernetes do: a Deployment, a StatefulSet or a DaemonSet makes its pods anew when their template
 * changes, by its strategy; everything else of it is changed in place. `after` is the object as it will be.
 */
export function kubernetesReplacement(before: unknown, after: unknown, timing: Timing): Replacement {
  const [old, now] = [before as Controller, after as Controller];
  if (isSame(old.spec, now.spec)) return { kind: 'none' };
  if (now.kind === 'CronJob') return { kind: 'next-run' };
  if (now.kind === 'Job') return { kind: 'job-again' };
  if (isSame(old.spec.template, now.spec.template)) return { kind: 'in-place' };
  if ((now.spec.replicas ?? 1) > 1 && now.spec.strategy?.type !== 'Recreate') return { kind: 'one-by-one' };
  if (now.kind === 'DaemonSet') return { kind: 'one-by-one' };
  if (now.kind === 'Deployment' && now.spec.strategy?.type !== 'Recreate') return { kind: 'start-first' };
  return { kind: 'stop-first', gap: stopFirstGap(timing) };
}
