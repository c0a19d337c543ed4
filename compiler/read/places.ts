import type { Pointer, Position, Range } from '../../schema/diagnostic.ts';
import type { Entry } from '../../schema/document.ts';
import type { Node, Slot } from './node.ts';
import { type Placed, removalOf } from './removal.ts';

/** Offsets of a text → ranges with lines and columns. The lines are counted once, when the first is asked for. */
export function ranges(text: string): (start: number, end: number) => Range {
  let starts: readonly number[] | undefined;
  const position = (offset: number): Position => {
    starts ??= lineStarts(text);
    const at = Math.min(Math.max(offset, 0), text.length);
    const line = lastAtMost(starts, at);
    return { line: line + 1, column: at - (starts[line] ?? 0) + 1, offset: at };
  };
  return (start, end) => ({ start: position(start), end: position(Math.max(start, end)) });
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Offsets of the key or value at `pointer`, or of its nearest parent that is there. */
export function find(
  root: Node,
  pointer: Pointer,
  at: 'key' | 'value',
): { readonly start: number; readonly end: number; readonly node: Node; readonly exact: boolean } {
  let node = root;
  let slot: Slot | undefined;
  for (const part of parts(pointer)) {
    const next = node.slots.get(part);
    if (next === undefined) return { ...place(root, slot, 'key'), node, exact: false };
    slot = next;
    node = next.node;
  }
  return { ...place(root, slot, at), node, exact: true };
}

/** What `Document.entry` promises. `shared` are the nodes that aliases repeat. */
export function findEntry(
  root: Node,
  pointer: Pointer,
  { text, shared }: { readonly text: string; readonly shared: ReadonlySet<Node> },
): Entry | undefined {
  let node = root;
  let found: { readonly parent: Node; readonly slot: Slot } | undefined;
  for (const part of parts(pointer)) {
    const slot = node.slots.get(part);
    if (slot === undefined || slot.start !== slot.node.start || shared.has(slot.node)) return undefined;
    found = { parent: node, slot };
    node = slot.node;
  }
  if (found === undefined) return undefined;
  const { parent, slot } = found;
  const placed: Placed = {
    key: { start: slot.keyStart, end: slot.keyEnd },
    value: { start: slot.start, end: slot.end },
    parent: parent.kind === 'list' ? 'list' : 'map',
    inBrackets: /[[{]/.test(text[parent.start] ?? ''),
  };
  return {
    ...placed,
    kind: slot.node.kind,
    removal: parent.slots.size > 1 ? removalOf(text, placed) : undefined,
    siblings: [...parent.slots.keys()],
  };
}

function place(root: Node, slot: Slot | undefined, at: 'key' | 'value') {
  if (slot === undefined) {
    const first = root.slots.values().next().value;
    return first === undefined ? { start: root.start, end: root.end } : { start: first.keyStart, end: first.keyEnd };
  }
  // An empty value has no text of its own: its key is shown.
  const key = at === 'key' || slot.start === slot.end;
  return key ? { start: slot.keyStart, end: slot.keyEnd } : { start: slot.start, end: slot.end };
}

/** RFC 6901: `/a~1b/0` → `a/b`, `0`. */
function parts(pointer: Pointer): readonly string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
