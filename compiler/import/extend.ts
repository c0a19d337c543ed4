import { type ComposeNode, type MapNode, member, textAt, textIn } from './node.ts';

export interface Extended {
  readonly service: MapNode;
  /** The `extends` that could not be followed. */
  readonly broken?: ComposeNode;
}

/**
 * A service with what it takes from another one by `extends`: maps are merged, lists of the base come first, other
 * values are the service's own. Only services of the same file are known.
 */
export function extend(services: MapNode, service: MapNode, seen: readonly string[] = []): Extended {
  const node = service.entries.get('extends');
  if (node === undefined) return { service };
  const name = textIn(node) ?? textAt(node, 'service');
  const base = member(services, name ?? '');
  if (name === undefined || textAt(node, 'file') !== undefined || base?.kind !== 'map' || seen.includes(name))
    return { service, broken: node };
  const { service: parent, broken } = extend(services, base, [...seen, name]);
  const merged = mergeMaps(withoutOwn(parent), service, true);
  return broken === undefined ? { service: merged } : { service: merged, broken };
}

/** Compose takes neither of these from a base. */
function withoutOwn(parent: MapNode): MapNode {
  const entries = [...parent.entries].filter(
    ([key]) => !['extends', 'depends_on', 'links', 'volumes_from'].includes(key),
  );
  return { ...parent, entries: new Map(entries) };
}

/** Keys whose lists are replaced: their items are words of one line. */
const replaced: readonly string[] = ['command', 'entrypoint'];

function mergeMaps(base: MapNode, own: MapNode, top: boolean): MapNode {
  const entries = new Map(base.entries);
  for (const [key, value] of own.entries) {
    const below = base.entries.get(key);
    entries.set(key, top && (replaced.includes(key) || below === undefined) ? value : merge(below, value, key));
  }
  return { ...own, entries };
}

function merge(base: ComposeNode | undefined, own: ComposeNode, key: string): ComposeNode {
  if (base?.kind === 'map' && own.kind === 'map') return mergeMaps(base, own, false);
  if (base?.kind === 'list' && own.kind === 'list' && key !== 'test') {
    const names = new Set(own.items.flatMap((item) => nameOf(item) ?? []));
    return { ...own, items: [...base.items.filter((item) => !names.has(nameOf(item) ?? '\0')), ...own.items] };
  }
  return own;
}

/** `NAME` of `NAME=value`, the path in the container of a mount: two of them are one. */
function nameOf(item: ComposeNode): string | undefined {
  const text = textIn(item);
  if (text === undefined) return textAt(item, 'target');
  return (
    /^[A-Za-z_]\w*(?==)/.exec(text)?.[0] ??
    (text.startsWith('/') || text.startsWith('.') ? text.split(':')[1] : undefined)
  );
}
