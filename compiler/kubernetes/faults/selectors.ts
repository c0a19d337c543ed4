import type { PodTemplate } from '../objects.ts';
import type { ManifestJson } from '../synth.ts';
import { isKind, templateOf, type World } from './world.ts';

type Labels = Readonly<Record<string, string>>;

/** What an object looks for in the labels of pods. */
export interface Selector {
  readonly matchLabels?: Labels | undefined;
  readonly matchExpressions?:
    | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[]
    | undefined;
}

/** The pods that an object is for, with the place where it says so; undefined when it says nothing about pods. */
export function selectorIn(object: ManifestJson): { readonly selector: Selector; readonly path: string } | undefined {
  if (isKind(object, 'Service')) {
    const { type, selector } = object.spec ?? {};
    return type === 'ExternalName' ? undefined : { selector: { matchLabels: selector }, path: '/spec/selector' };
  }
  if (isKind(object, 'NetworkPolicy')) {
    return { selector: (object.spec?.podSelector ?? {}) as Selector, path: '/spec/podSelector' };
  }
  if (isKind(object, 'PodDisruptionBudget')) {
    return { selector: (object.spec?.selector ?? {}) as Selector, path: '/spec/selector' };
  }
  return undefined;
}

/** Pods of the platform that an object is for. A Service without a selector is for none, all others then for every pod. */
export function podsOf({ makers }: World, object: ManifestJson): readonly PodTemplate[] {
  const { selector } = selectorIn(object) ?? {};
  if (selector === undefined || (object.kind === 'Service' && selector.matchLabels === undefined)) return [];
  const pods: PodTemplate[] = [];
  for (const maker of makers.values()) {
    if (maker.metadata.namespace !== object.metadata.namespace) continue;
    const { pod } = templateOf(maker) ?? {};
    if (pod !== undefined && matches(labelsOf(pod), selector)) pods.push(pod);
  }
  return pods;
}

export function labelsOf({ metadata }: PodTemplate): Labels {
  return (metadata?.labels ?? {}) as Labels;
}

/** As an API server matches: every label and every expression holds. */
export function matches(labels: Labels, { matchLabels = {}, matchExpressions = [] }: Selector): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      const isIn = value !== undefined && values.includes(value);
      switch (operator) {
        case 'In':
          return isIn;
        case 'NotIn':
          return !isIn;
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
