import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Shape } from '../../schema/shape.ts';
import { placeComments } from './comment-places.ts';
import { keyOrder, memberShape, topShape } from './key-order.ts';

export type Formatted =
  | { readonly kind: 'formatted'; readonly text: string }
  /** The text is no YAML, or would not mean the same. */
  | { readonly kind: 'refused'; readonly why: string };

/** A collection in brackets that is longer than this goes on lines of its own. */
const widest = 160;

const reading = {
  version: '1.2',
  schema: 'core',
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/**
 * A platform file in its canonical form: keys in the order of the schema, two spaces, one blank line where there were
 * some. Comments stay with what they are about, quotes and block texts stay as they are. The values are the same, or
 * the text is refused. Formatting what was formatted changes nothing.
 */
export function format(text: string): Formatted {
  let before = text;
  for (let pass = 0; pass < mostPasses; pass++) {
    const result = formatOnce(before);
    if (result.kind === 'refused' || result.text === before) return result;
    before = result.text;
  }
  return { kind: 'refused', why: 'its comments would wander each time' };
}

/** A comment between two blocks may belong to either; when it has its place, the next pass changes nothing. */
const mostPasses = 5;

function formatOnce(text: string): Formatted {
  const bare = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const document = parseDocument(bare, reading);
  const [error] = document.errors;
  if (error !== undefined) return { kind: 'refused', why: `this is not YAML: ${error.message}` };
  const before = meaning(document);
  if (before === undefined) return { kind: 'refused', why: 'its aliases make it too large' };
  if (document.contents === null) return { kind: 'formatted', text: bare };
  placeComments(document, bare);
  if (!hasAliases(document)) arrange(document.contents as Node, topShape(), 'top');
  unbracketLong(document);
  const written = tightLists(document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: true }));
  const again = parseDocument(written, reading);
  const same = again.errors.length === 0 && meaning(again) === before;
  const kept = commentsOf(bare).join('\n') === commentsOf(written).join('\n');
  if (!same || !kept) return { kind: 'refused', why: 'it cannot be formatted without changing what it says' };
  return { kind: 'formatted', text: written };
}

/** The values, whatever the order of keys; undefined when aliases multiply them. */
function meaning(document: Document): string | undefined {
  try {
    return JSON.stringify(sortedKeys(document.toJS({ maxAliasCount: 10_000 })));
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** An alias must stand behind its anchor, so a file that has some keeps its order. */
function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** What a map is: the whole file, the value of a key, or an item of a list, which has its comment above the dash. */
type Standing = 'top' | 'value' | 'item';

function arrange(node: Node | null, shape: Shape, standing: Standing): void {
  const value: unknown = node === null ? null : node.toJSON();
  if (isMap(node)) {
    const order = keyOrder(shape, value);
    if (order !== undefined) reorder(node as YAMLMap<Node, Node | null>, order, standing);
    for (const pair of node.items as Pair<Node, Node | null>[])
      if (isScalar(pair.key)) arrange(pair.value, memberShape(shape, value, String(pair.key.value)), 'value');
  } else if (isSeq(node)) {
    for (const [index, item] of (node.items as Node[]).entries())
      arrange(item, memberShape(shape, value, index), 'item');
  }
}

/** Keys that the schema does not know stay behind the others. A comment above the first key moves along with it. */
function reorder(map: YAMLMap<Node, Node | null>, order: readonly string[], standing: Standing): void {
  const rank = ({ key }: Pair<Node, Node | null>) => {
    const at = order.indexOf(isScalar(key) ? String(key.value) : '');
    return at < 0 ? order.length : at;
  };
  const items = map.items.map((pair, index) => ({ pair, index }));
  const sorted = [...items].sort((a, b) => rank(a.pair) - rank(b.pair) || a.index - b.index).map(({ pair }) => pair);
  if (sorted.every((pair, index) => pair === map.items[index])) return;
  const first = map.items[0]?.key as Scalar | undefined;
  if (map.commentBefore && first !== undefined && standing === 'value') {
    first.commentBefore = [map.commentBefore, first.commentBefore].filter((each) => each).join('\n');
    map.commentBefore = null;
  }
  // The first key of a map has no blank line above it; the one that was first keeps apart from what is now before it.
  const leader = sorted[0]?.key as Scalar | undefined;
  if (first !== undefined && leader?.spaceBefore === true) first.spaceBefore = true;
  if (leader !== undefined) leader.spaceBefore = false;
  if (leader?.commentBefore && standing === 'item') {
    map.commentBefore = [map.commentBefore, leader.commentBefore].filter((each) => each).join('\n');
    leader.commentBefore = null;
  }
  map.items = sorted;
}

function unbracketLong(document: Document): void {
  visit(document, {
    Collection: (_, node) => {
      if (node.flow === true && String(JSON.stringify(node.toJSON())).length > widest && !insideFlow(node, document))
        node.flow = false;
    },
  });
}

/** Everything in brackets has to stay in brackets. */
function insideFlow(node: Node, document: Document): boolean {
  let inside = false;
  visit(document, {
    Node: (_, each, path) => {
      if (each !== node) return undefined;
      inside = path.some((parent) => isCollection(parent) && parent.flow === true);
      return visit.BREAK;
    },
  });
  return inside;
}

/** `[ a, b ]` → `[a, b]`; maps keep their blanks: `{ a: b }`. */
export function tightLists(text: string): string {
  const document = parseDocument(text, { ...reading, keepSourceTokens: true });
  const cuts: (readonly [number, number])[] = [];
  visit(document, {
    Seq: (_, node) => {
      if (node.flow !== true || !node.range || node.items.length === 0) return;
      const [start, end] = node.range;
      const inner = text.slice(start, end);
      if (inner.includes('\n') || isAlias(node)) return;
      const after = /^\[ +/.exec(inner)?.[0].length ?? 0;
      const before = / +\]$/.exec(inner)?.[0].length ?? 0;
      if (after > 1) cuts.push([start + 1, start + after]);
      if (before > 1) cuts.push([end - before, end - 1]);
    },
  });
  return cuts
    .sort(([a], [b]) => b - a)
    .reduce((result, [start, end]) => result.slice(0, start) + result.slice(end), text);
}

/** The text of every comment, sorted: none may be lost. */
function commentsOf(text: string): readonly string[] {
  const found: string[] = [];
  const document = parseDocument(text, reading);
  const add = (comment: string | null | undefined) => {
    for (const line of (comment ?? '').split('\n')) if (line.trim() !== '') found.push(line.trim());
  };
  const both = (node: { comment?: string | null; commentBefore?: string | null }) => {
    add(node.commentBefore);
    add(node.comment);
  };
  both(document);
  visit(document, { Node: (_, node) => both(node) });
  return found.sort();
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, sortedKeys(member)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
