import type { KubernetesObject } from './objects.ts';

/** RFC 1123 label, which every name of ours is: Services allow no more. */
const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * What no schema sees: names and label values that an API server refuses. The language and its checks let none of these
 * through, so one that is found is a bug.
 *
 * @throws Error that names the object.
 */
export function checkObject(object: KubernetesObject): void {
  const { name, labels } = object.metadata;
  if (!label.test(name)) throw new Error(`${identityOf(object)}: the name is not a DNS label`);
  for (const key in labels) {
    const value = labels[key] ?? '';
    if (!labelValue.test(value)) throw new Error(`${identityOf(object)}: label ${key} cannot be '${value}'`);
  }
}

/** Kind, namespace and name: an API server has one object of each. */
export function identityOf({ kind, metadata }: Pick<KubernetesObject, 'kind' | 'metadata'>): string {
  const { namespace, name } = metadata;
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}
