import type { Pointer } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import type { Metadata } from './objects.ts';

/** Key of the one value in every Secret that the platform itself keeps. */
const secretKey = 'value';

/** `<platform>-<id>`: the name of a workload's objects, of its Service in DNS, of a secret's Secret. */
export function objectName(platform: Platform, id: string): string {
  return `${platform.name}-${id}`;
}

/** Where the value of a secret lies: in a Secret of the platform's own, or in the one that the file names. */
export function secretKeyOf(platform: Platform, id: string): { readonly name: string; readonly key: string } {
  const source = platform.secrets.find((secret) => secret.id === id)?.source;
  return source?.kind === 'kubernetes'
    ? { name: source.name, key: source.key }
    : { name: objectName(platform, id), key: secretKey };
}

/**
 * The immutable part of a workload's labels. It holds neither the component nor a version, so that changing the forge
 * from one program to another changes a pod and not a selector, which the API server refuses to change.
 */
export function selectorOf(platform: Platform, workload: string): Record<string, string> {
  return { 'app.kubernetes.io/component': workload, 'app.kubernetes.io/instance': platform.name };
}

/** The recommended labels of an object that belongs to one workload. */
export function workloadLabels(platform: Platform, workload: Workload): Record<string, string> {
  const version = versionOf(workload.image);
  const name = workload.component === 'service' ? workload.id : workload.component;
  return {
    ...platformLabels(platform),
    ...selectorOf(platform, workload.id),
    'app.kubernetes.io/name': name,
    ...(version === undefined ? {} : { 'app.kubernetes.io/version': version }),
  };
}

/** The recommended labels of an object that belongs to the whole platform. */
export function platformLabels(platform: Platform): Record<string, string> {
  return {
    'app.kubernetes.io/instance': platform.name,
    'app.kubernetes.io/managed-by': 'autogit',
    'app.kubernetes.io/name': platform.name,
    'app.kubernetes.io/part-of': platform.name,
  };
}

/** Metadata of an object of one workload; `name` defaults to the workload's. */
export function workloadMetadata(platform: Platform, workload: Workload, origin: Pointer, name?: string): Metadata {
  return {
    name: name ?? objectName(platform, workload.id),
    namespace: platform.cluster.namespace,
    labels: workloadLabels(platform, workload),
    annotations: sourceAnnotation(origin),
  };
}

/** Where in the file an object comes from: `autogit.yaml#/services/wiki`. */
export function sourceAnnotation(origin: Pointer): Record<string, string> {
  return { 'autogit.dev/source': `autogit.yaml#${origin}` };
}

/** Tag of an image when a label can hold it: at most 63 characters of letters, digits, `-`, `_` and `.`. */
function versionOf(image: string): string | undefined {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return /:([A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)(?:@|$)/.exec(name)?.[1];
}
