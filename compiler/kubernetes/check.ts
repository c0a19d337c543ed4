import type { KubernetesObject, Placed } from './objects.ts';

/** RFC 1123 label, which every name of ours is: Services allow no more. */
const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * What no schema sees: names and label values that an API server refuses. The language and its checks let none of these
 * through, so one that is found is a bug.
 *
 * @throws Error that names the object.
 */
export function checkObjects(placed: readonly Placed[]): void {
  for (const { object } of placed) {
    const { name, labels } = object.metadata;
    const identity = identityOf(object);
    if (!label.test(name)) throw new Error(`${identity}: the name is not a DNS label`);
    const wrong = Object.entries(labels).find(([, value]) => !labelValue.test(value));
    if (wrong !== undefined) throw new Error(`${identity}: label ${wrong[0]} cannot be '${wrong[1]}'`);
  }
}

/** Kind, namespace and name: an API server has one object of each. */
export function identityOf({ kind, metadata }: KubernetesObject): string {
  return [kind, ...(metadata.namespace === undefined ? [] : [metadata.namespace]), metadata.name].join('/');
}
