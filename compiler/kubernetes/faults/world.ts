import type { Fault } from '../../model/patch-fault.ts';
import type { Platform } from '../../model/platform.ts';
import { identityOf } from '../check.ts';
import { secretKeyOf } from '../names.ts';
import type { KubernetesObject, PodTemplate } from '../objects.ts';
import type { ManifestJson } from '../synth.ts';

/** All that a cluster will have of a platform: what is rendered, and what is there without being rendered. */
export interface World {
  /** By identity: `Service/home/home-web`. */
  readonly objects: Map<string, ManifestJson>;
  /** Those of them that make pods. */
  readonly makers: Map<string, ManifestJson>;
  readonly secrets: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
}

export function worldOf(objects: readonly ManifestJson[], platform: Platform): World {
  const all = new Map(objects.map((object) => [keyOf(object), object]));
  return {
    objects: all,
    makers: new Map([...all].filter(([, object]) => templateOf(object) !== undefined)),
    secrets: new Set(platform.secrets.map(({ id }) => secretKeyOf(platform, id).name)),
    claims: new Set(platform.volumes.flatMap(({ external }) => external ?? [])),
  };
}

/** Puts another state of an object in its place. */
export function replaceIn(world: World, object: ManifestJson): void {
  const key = keyOf(object);
  world.objects.set(key, object);
  if (world.makers.has(key)) world.makers.set(key, object);
}

function keyOf(object: ManifestJson): string {
  return identityOf(object as unknown as KubernetesObject);
}

/** A manifest with what a kind has beside its metadata; the strict schema of the kind vouches for the types. */
type Of<Kind extends KubernetesObject['kind']> = ManifestJson & Extract<KubernetesObject, { kind: Kind }>['body'];

export function isKind<const Kinds extends readonly KubernetesObject['kind'][]>(
  object: ManifestJson,
  ...kinds: Kinds
): object is Of<Kinds[number]> {
  return (kinds as readonly string[]).includes(object.kind);
}

/** An object of this kind and name in the namespace of another one, or in none. */
export function found({ objects }: World, beside: ManifestJson, kind: string, name: string): ManifestJson | undefined {
  const { namespace } = beside.metadata;
  return (
    (namespace === undefined ? undefined : objects.get(`${kind}/${namespace}/${name}`)) ??
    objects.get(`${kind}/${name}`)
  );
}

/** The pod that an object makes, with the place of its template; undefined when it makes none. */
export function templateOf(object: ManifestJson): { readonly pod: PodTemplate; readonly path: string } | undefined {
  if (isKind(object, 'CronJob')) {
    const pod = object.spec?.jobTemplate.spec?.template;
    return pod === undefined ? undefined : { pod, path: '/spec/jobTemplate/spec/template' };
  }
  if (!isKind(object, 'Deployment', 'StatefulSet', 'DaemonSet', 'Job')) return undefined;
  const pod = object.spec?.template;
  return pod === undefined ? undefined : { pod, path: '/spec/template' };
}

/** The claims that a StatefulSet makes for its pods: `data-home-forge-0`. */
export function claimsMadeBy(object: ManifestJson): readonly string[] {
  if (!isKind(object, 'StatefulSet')) return [];
  const { replicas = 1, volumeClaimTemplates = [] } = object.spec ?? {};
  const numbers = Array.from({ length: replicas }, (_, number) => number);
  return volumeClaimTemplates.flatMap(({ metadata }) =>
    numbers.map((number) => `${metadata?.name}-${object.metadata.name}-${number}`),
  );
}

/** What names a fault of this object: `Service 'home-web'`. */
export function titleOf({ kind, metadata }: ManifestJson): Fault['object'] {
  return `${kind} '${metadata.name}'`;
}
