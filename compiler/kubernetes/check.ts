import type { Placed } from './objects.ts';

/** RFC 1123 label, which every name of ours is: Services allow no more. */
const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * What no schema sees: two objects with one identity, names and label values that an API server refuses. The language
 * makes all of these impossible, so one that is found is a bug.
 *
 * @throws Error that names the object.
 */
export function checkObjects(placed: readonly Placed[]): void {
  const seen = new Set<string>();
  for (const { object } of placed) {
    const { name, namespace = '', labels } = object.metadata;
    const identity = `${object.kind} ${namespace}/${name}`;
    if (seen.has(identity)) throw new Error(`${identity} is rendered twice`);
    seen.add(identity);
    if (!label.test(name)) throw new Error(`${identity}: the name is not a DNS label`);
    const wrong = Object.entries(labels).find(([, value]) => !labelValue.test(value));
    if (wrong !== undefined) throw new Error(`${identity}: label ${wrong[0]} cannot be '${wrong[1]}'`);
  }
}
