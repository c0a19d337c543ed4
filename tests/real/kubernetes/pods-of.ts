import type { KubernetesJson } from './api.ts';

/** The pod that a Deployment, StatefulSet, Job or CronJob would make; no controller runs here that would. */
export function podsOf(objects: readonly KubernetesJson[]): readonly KubernetesJson[] {
  return objects.flatMap((object) => {
    const spec = object.spec as Templated | undefined;
    const template = spec?.jobTemplate?.spec.template ?? spec?.template;
    if (template === undefined) return [];
    const metadata = { ...template.metadata, name: object.metadata.name, namespace: object.metadata.namespace ?? '' };
    return [{ apiVersion: 'v1', kind: 'Pod', metadata, spec: withClaims(object, template.spec) }];
  });
}

interface Templated {
  readonly template?: PodTemplate;
  readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
}

interface PodTemplate {
  readonly metadata: object;
  readonly spec: { readonly volumes?: readonly object[] };
}

/** A StatefulSet's controller adds a volume for each claim template. */
function withClaims(object: KubernetesJson, spec: PodTemplate['spec']): object {
  const templates = (object.spec as { readonly volumeClaimTemplates?: readonly KubernetesJson[] }).volumeClaimTemplates;
  const claims = (templates ?? []).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${object.metadata.name}-0` },
  }));
  return { ...spec, volumes: [...(spec.volumes ?? []), ...claims] };
}
