import type { Catalog } from '../model/component.ts';
import type { Workload } from '../model/platform.ts';
import { dataVerdict } from './data.ts';
import { gapText } from './gap.ts';
import { imageText } from './images.ts';
import { freedomsOf, toInternet } from './links.ts';
import { changedKeys, isSame, listed } from './pairs.ts';
import type { RenderedWorkload } from './rendered.ts';
import type { Replacement } from './replacement.ts';
import { type Change, change, type Risk, type Side } from './report.ts';
import { rollout } from './rollout.ts';
import { workloadDetails } from './workload-details.ts';

export interface ServiceInput {
  readonly id: string;
  readonly before: Side;
  readonly after: Side;
  /** What is rendered of it, where that differs. */
  readonly rendered: { readonly before: RenderedWorkload; readonly after: RenderedWorkload } | undefined;
  readonly catalog: Catalog;
  /** True when all objects are others, so that nothing can be said of one alone. */
  readonly isAnother: boolean;
}

/** What happens to one workload, or undefined when nothing does. */
export function serviceChange(input: ServiceInput): Change | undefined {
  const [old, now] = [workloadOf(input.before, input.id), workloadOf(input.after, input.id)];
  // Of a side that is files alone, what does not differ is there unchanged.
  if (input.before.platform === undefined && input.rendered === undefined) return undefined;
  const hadOne = old !== undefined || isRendered(input.rendered?.before) || hasObjects(input.before, input.id);
  if (now === undefined) return hadOne ? removed(input, old) : undefined;
  if (!hadOne) return added(input, now);
  return changed(input, old, now);
}

function workloadOf({ platform }: Side, id: string): Workload | undefined {
  return platform?.workloads.find((each) => each.id === id);
}

function isRendered(rendered: RenderedWorkload | undefined): boolean {
  return rendered !== undefined && (rendered.compose !== undefined || rendered.objects.size > 0);
}

/** Kubernetes objects of a side that is files alone, also those that are the same on the other side. */
function hasObjects({ platform, files }: Side, id: string): boolean {
  return platform === undefined && [...files.keys()].some((path) => path.startsWith(`kubernetes/${id}/`));
}

function added(input: ServiceInput, now: Workload): Change {
  const { gained } = freedomsOf(input.id, input.before, input.after);
  return change({
    kind: 'service',
    id: input.id,
    what: 'added',
    pointer: now.origin,
    details: [`image ${now.image.replace(/@sha256:.*$/, '')}`],
    effects: gained.filter((each) => !usual.includes(each)),
    risks: risksOfGained(gained),
  });
}

function removed({ id, after }: ServiceInput, old: Workload | undefined): Change {
  const pruned =
    after.platform?.target === 'kubernetes'
      ? 'its objects are no longer rendered: Argo CD and Flux prune them, kubectl does not'
      : 'its container is stopped and removed';
  return change({
    kind: 'service',
    id,
    what: 'removed',
    pointer: old?.origin ?? '',
    effects: [pruned],
    risks: ['downtime'],
  });
}

function changed(input: ServiceInput, old: Workload | undefined, now: Workload): Change | undefined {
  const { gained, lost } = freedomsOf(input.id, input.before, input.after);
  const known = old === undefined ? { gained: [], lost: [] } : { gained, lost };
  const details = [
    ...(old === undefined ? [] : workloadDetails(old, now)),
    ...configDetails(input),
    ...known.gained.map((each) => `now ${each}`),
    ...known.lost.map((each) => `no longer ${each}`),
  ];
  const rolled = input.isAnother ? undefined : rollout(input, now);
  if (details.length === 0 && (rolled === undefined || rolled.replacement.kind === 'none')) {
    if (rolled === undefined || rolled.refusals.length === 0) return undefined;
  }
  const upgrade = dataVerdict({ ...input, rendered: input.rendered?.before, old, now });
  const replacement = rolled?.replacement ?? { kind: 'none' };
  const refusals = rolled?.refusals ?? [];
  const effects = [
    ...(rolled === undefined ? [] : replacementText(input, now, replacement)),
    ...(rolled?.effects ?? []),
    ...refusals.map(({ what }) => what),
    ...upgrade.effects,
  ];
  return change({
    kind: 'service',
    id: input.id,
    what: 'changed',
    pointer: now.origin,
    details: details.length === 0 ? restOf(input) : details,
    effects,
    steps: [...upgrade.steps, ...refusals.flatMap(({ steps }) => steps)],
    risks: [
      ...upgrade.risks,
      ...(refusals.length > 0 ? (['by-hand'] as const) : []),
      ...(rolled?.risks ?? []),
      ...risksOfGained(known.gained),
      ...riskOf(replacement),
    ],
    ...(replacement.kind === 'stop-first' ? { gap: replacement.gap } : {}),
  });
}

/** The rule for most images, and so no news of a service that is new. */
const usual: readonly string[] = [toInternet, 'may write to its own file system'];

function risksOfGained(gained: readonly string[]): readonly Risk[] {
  const lessSecure = gained.some((each) => !usual.includes(each));
  return [
    ...(lessSecure ? (['less-secure'] as const) : []),
    ...(gained.includes(toInternet) ? (['opened'] as const) : []),
  ];
}

function configDetails({ id, before, after }: ServiceInput): readonly string[] {
  const of = (side: Side) => side.platform?.configs.filter(({ workload }) => workload === id) ?? [];
  if (before.platform === undefined) return [];
  const old = of(before);
  return of(after).flatMap((config) => {
    const was = old.find((each) => each.id === config.id);
    return was === undefined || was.text === config.text ? [] : [`file ${config.file} changed`];
  });
}

/** What is different in the rendered files alone, by the keys that differ: `networks`, `labels`. */
function restOf({ rendered }: ServiceInput): readonly string[] {
  const [old, now] = [rendered?.before.compose?.service, rendered?.after.compose?.service];
  if (old !== undefined && now !== undefined)
    return changedKeys(old, now).map((key) => {
      const [a, b] = [old[key], now[key]];
      if (key === 'image' && typeof a === 'string' && typeof b === 'string') return imageText(a, b);
      return `${words[key] ?? key} changed`;
    });
  const kinds = [...(rendered?.after.objects ?? [])].flatMap(([path, object]) => {
    const was = rendered?.before.objects.get(path);
    return was !== undefined && isSame(was, object) ? [] : [object.kind];
  });
  return kinds.length === 0 ? [] : [`${listed([...new Set(kinds)])} changed`];
}

const words: Readonly<Record<string, string>> = { networks: 'networks that it is on', labels: 'labels' };

function replacementText(input: ServiceInput, now: Workload, replacement: Replacement): readonly string[] {
  const { platform } = input.after;
  const isKubernetes = platform?.target === 'kubernetes';
  const noun = isKubernetes ? 'pod' : 'container';
  const kept = keptText(input);
  switch (replacement.kind) {
    case 'none':
      return ['what runs is left as it is'];
    case 'in-place':
      return ['changed while it runs'];
    case 'start-first':
      return [`${noun} is replaced, the new one first: no time without service`, ...kept];
    case 'one-by-one':
      return ['copies are replaced one after the other: no time without service', ...kept];
    case 'job-again':
      return ['the job runs again'];
    case 'next-run':
      return ['used from the next run on'];
    case 'stop-first':
      return [`${noun} is replaced, ${gapText(replacement.gap)}`, ...awayText(input, now), ...kept];
  }
}

/** What does not answer, and who cannot reach it, while it is away. */
function awayText({ id, after }: ServiceInput, now: Workload): readonly string[] {
  const { links = [], routes = [] } = after.platform ?? {};
  const leadsOn = routes.some(({ workload }) => links.some((link) => link.from === now.id && link.to === workload));
  if (now.id === 'ingress' && leadsOn) return ['every route is away meanwhile'];
  const own = [...new Set(routes.flatMap(({ workload, hostname }) => (workload === id ? [hostname] : [])))];
  const users = links.flatMap(({ from, to }) => (to === id && from !== id && from !== 'ingress' ? [from] : []));
  return [
    ...(own.length === 0 ? [] : [`${listed(own)} ${own.length === 1 ? 'is' : 'are'} away meanwhile`]),
    ...(users.length === 0 ? [] : [`meanwhile ${listed([...new Set(users)].sort())} cannot reach it`]),
  ];
}

function keptText({ id, before, after }: ServiceInput): readonly string[] {
  const kept = (after.platform?.volumes ?? []).filter(
    (volume) =>
      volume.workload === id &&
      (before.platform === undefined || before.platform.volumes.some((each) => each.id === volume.id)),
  );
  return kept.length === 0 ? [] : [`${listed(kept.map((volume) => volume.id))} kept`];
}

function riskOf(replacement: Replacement): readonly Risk[] {
  switch (replacement.kind) {
    case 'stop-first':
      return ['downtime'];
    case 'start-first':
    case 'one-by-one':
    case 'job-again':
      return ['restart'];
    default:
      return [];
  }
}
